-- One reconciler at a time works on an account (0x5341 = "SA").
--   $1 account_id integer
SELECT pg_advisory_xact_lock(21313, $1::integer);
