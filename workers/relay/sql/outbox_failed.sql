-- Note why a destination does not go on, and whether it stands until somebody resumes it.
--   $1 destination text, $2 epoch bigint, $3 error text, $4 stands boolean
UPDATE outbox_destination
   SET error = $3::text, failed_at = clock_timestamp(), seen_at = clock_timestamp(),
       stands_since = CASE WHEN $4::boolean THEN coalesce(stands_since, clock_timestamp()) END
 WHERE destination = $1::text AND epoch = $2::bigint;
