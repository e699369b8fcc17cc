-- What does each destination keep from being let go: events that it has not and all others have?
--   $1 destination text (null: all)
SELECT one.destination, count(held.number) AS held_count,
       coalesce(sum(octet_length(held.payload)), 0)::bigint AS held_bytes,
       coalesce((extract(epoch FROM clock_timestamp() - min(held.occurred_at)) * 1000000)::bigint,
                0) AS held_us,
       coalesce((extract(epoch FROM clock_timestamp() - one.moved_at) * 1000000)::bigint, -1)
           AS moved_us
  FROM outbox_destination AS one
 CROSS JOIN outbox_head
  LEFT JOIN LATERAL (
       SELECT number, payload, occurred_at
         FROM outbox_order
         JOIN outbox USING (outbox_id)
        WHERE number >= one.next_number
          AND number < coalesce((SELECT min(other.next_number) FROM outbox_destination AS other
                                  WHERE other.destination <> one.destination), last_number + 1))
       AS held ON true
 WHERE $1::text IS NULL OR one.destination = $1::text
 GROUP BY one.destination, one.moved_at
 ORDER BY one.destination;
