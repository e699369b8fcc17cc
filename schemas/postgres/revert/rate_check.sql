-- Revert sawa:rate_check from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('corridor');

ALTER TABLE sawa.corridor DROP COLUMN rate_rounding;

COMMIT;
