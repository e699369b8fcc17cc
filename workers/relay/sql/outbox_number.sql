-- Number what is pending; and what was the last number before?
--   $1 most integer
SELECT outbox_number($1::integer) AS given, last_number FROM outbox_head;
