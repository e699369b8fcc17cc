-- Leave a destination to the next relay at once.
--   $1 destination text, $2 epoch bigint
UPDATE outbox_destination
   SET owner = ''
 WHERE destination = $1::text AND epoch = $2::bigint;
