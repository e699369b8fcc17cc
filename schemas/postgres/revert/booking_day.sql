-- Revert sawa:booking_day from pg

BEGIN;
\ir ../lib/guard.sql
-- Holds no rows of its own: where windows fail, the day of what follows could not be told any more.
CALL pg_temp.refuse_rows('withdrawal', 'payment_return', 'abandoned_instruction');

DROP FUNCTION sawa.booking_day(bigint, date, timestamptz);

COMMIT;
