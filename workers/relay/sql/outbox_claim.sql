-- Take a destination whose owner is gone or silent. No row: another relay publishes there.
--   $1 destination text, $2 owner text, $3 lease_ms bigint
UPDATE outbox_destination
   SET epoch = epoch + 1, owner = $2::text, seen_at = clock_timestamp()
 WHERE destination = $1::text
   AND (owner IN ('', $2::text)
        OR seen_at < clock_timestamp() - $3::bigint * interval '1 millisecond')
RETURNING next_number, epoch, stands_since IS NOT NULL AS stands, moved_at IS NOT NULL AS has_moved;
