-- Revert sawa:statement_file_guard from pg

BEGIN;
\ir ../lib/guard.sql
-- Holds no rows of its own: where there are files, their rule stays.
CALL pg_temp.refuse_rows('statement_file');
SET ROLE sawa_owner;

DROP TRIGGER statement_files_stay ON sawa.statement_file;
DROP TRIGGER statement_file_moves_once ON sawa.statement_file;
DROP FUNCTION sawa.statement_file_guard();

RESET ROLE;
COMMIT;
