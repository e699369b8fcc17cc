-- Let a destination that stands go on. No row: it does not stand.
--   $1 destination text
UPDATE outbox_destination
   SET stands_since = NULL
 WHERE destination = $1::text AND stands_since IS NOT NULL;
