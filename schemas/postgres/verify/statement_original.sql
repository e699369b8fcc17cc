-- Verify sawa:statement_original on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('statement_original');
CALL pg_temp.need_constraints('statement_original', 'original_part_once',
                              'original_parts_count_from_one', 'originals_are_immutable');
CALL pg_temp.need_grant('sawa_statement', 'INSERT', 'statement_original');
CALL pg_temp.need_grant('sawa_checker', 'SELECT', 'statement_original', 'data_key');

ROLLBACK;
