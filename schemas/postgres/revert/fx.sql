-- Revert sawa:fx from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('fx_rate', 'fx_lock');

DROP TABLE sawa.fx_rate, sawa.fx_lock;

COMMIT;
