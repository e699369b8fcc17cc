-- Verify sawa:statement_file_guard on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_constraints('statement_file', 'statement_file_moves_once',
                              'statement_files_stay');

ROLLBACK;
