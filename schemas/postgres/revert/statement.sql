-- Revert sawa:statement from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('statement_file', 'statement', 'statement_entry', 'finding');

DROP TABLE sawa.finding, sawa.statement_entry, sawa.statement, sawa.statement_file;

COMMIT;
