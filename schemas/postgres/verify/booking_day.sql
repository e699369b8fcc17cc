-- Verify sawa:booking_day on pg

BEGIN;

SELECT 1 / has_function_privilege('sawa_settle', 'sawa.booking_day(bigint, date, timestamptz)',
                                  'EXECUTE')::integer;

ROLLBACK;
