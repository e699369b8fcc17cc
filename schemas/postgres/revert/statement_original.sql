-- Revert sawa:statement_original from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('statement_original');

REVOKE SELECT ON sawa.data_key FROM sawa_checker;
DROP TABLE sawa.statement_original;

COMMIT;
