-- Revert sawa:value_date from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('settlement_window');

ALTER TABLE sawa.settlement_window DROP CONSTRAINT window_value_date_follows_its_business_date;
ALTER TABLE sawa.settlement_window DROP COLUMN value_date;

COMMIT;
