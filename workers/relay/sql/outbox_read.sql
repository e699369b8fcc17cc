-- The next events for a destination, bounded in count and in bytes; the first one always.
--   $1 next_number bigint, $2 most integer, $3 bytes_max bigint
SELECT number, event_name, event_type, event_key, corridor, payload, occurred_at
  FROM (SELECT first.*, sum(octet_length(payload)) OVER (ORDER BY number) AS so_far
          FROM (SELECT number, event_name, event_type, event_key, corridor, payload, occurred_at
                  FROM (SELECT number, outbox_id
                          FROM outbox_order
                         WHERE number >= $1::bigint
                         ORDER BY number
                         LIMIT $2::integer) AS next
                  JOIN outbox USING (outbox_id)) AS first) AS bounded
 WHERE so_far <= $3::bigint OR number = $1::bigint
 ORDER BY number;
