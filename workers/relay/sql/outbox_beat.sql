-- Say that the owner lives. No row: another relay has claimed the destination.
--   $1 destination text, $2 epoch bigint
UPDATE outbox_destination
   SET seen_at = clock_timestamp()
 WHERE destination = $1::text AND epoch = $2::bigint
RETURNING stands_since IS NOT NULL AS stands;
