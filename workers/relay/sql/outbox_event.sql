-- What was the event with this number? No row: it is not kept any more.
--   $1 number bigint
SELECT event_name FROM outbox_order JOIN outbox USING (outbox_id) WHERE number = $1::bigint;
