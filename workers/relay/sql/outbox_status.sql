-- How far is each destination behind, and why?
--   $1 destination text (null: all)
SELECT destination, next_number,
       last_number + 1 - next_number + (SELECT count(*) FROM outbox_pending)
       AS lag_messages,
       coalesce((extract(epoch FROM clock_timestamp() - oldest.occurred_at) * 1000000)::bigint, 0)
       AS lag_us,
       owner, stands_since IS NOT NULL AS stands, coalesce(error, '') AS error
  FROM outbox_destination
 CROSS JOIN outbox_head
 CROSS JOIN LATERAL (
       SELECT min(occurred_at) AS occurred_at
         FROM ((SELECT outbox_id FROM outbox_order WHERE number = next_number)
                UNION ALL
               (SELECT outbox_id FROM outbox_pending ORDER BY outbox_id LIMIT 1)) AS waiting
         JOIN outbox USING (outbox_id)) AS oldest
 WHERE $1::text IS NULL OR destination = $1::text
 ORDER BY destination;
