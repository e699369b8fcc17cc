-- A destination has everything before next_number. No row: another relay has claimed it.
--   $1 destination text, $2 epoch bigint, $3 next_number bigint
UPDATE outbox_destination
   SET next_number = $3::bigint, moved_at = clock_timestamp(), seen_at = clock_timestamp(),
       error = NULL
 WHERE destination = $1::text AND epoch = $2::bigint;
