-- Verify sawa:value_date on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_constraints('settlement_window', 'window_value_date_follows_its_business_date');
SELECT value_date FROM sawa.settlement_window WHERE false;

ROLLBACK;
