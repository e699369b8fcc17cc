-- Revert sawa:entry_kind from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('statement_entry');

ALTER TABLE sawa.statement_entry
    DROP COLUMN transaction_code, DROP COLUMN kind, DROP COLUMN return_code,
    DROP COLUMN return_reason;

COMMIT;
