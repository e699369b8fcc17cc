-- What do participants have left of what they placed? Kept from others until the end of the
-- transaction.
--   $1 participant_id integer[], $2 currency text
SELECT participant_id, balance_minor FROM prefunding_lock($1::integer[], $2::text);
