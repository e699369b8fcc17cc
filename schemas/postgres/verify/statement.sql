-- Verify sawa:statement on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('statement_file', 'statement', 'statement_entry', 'finding');
CALL pg_temp.need_constraints('statement_file', 'a_file_is_its_digest');
CALL pg_temp.need_constraints('statement', 'a_statement_is_its_digest', 'statement_of_a_file_once',
                              'loaded_statement_is_whole', 'held_statement_has_no_entries');
CALL pg_temp.need_constraints('statement_entry', 'an_entry_is_its_key_and_count',
                              'entry_has_one_origin');
CALL pg_temp.need_indexes('statement', 'statement_balance');
CALL pg_temp.need_indexes('statement_entry', 'statement_entry_open', 'statement_entry_as_of');
CALL pg_temp.need_indexes('finding', 'finding_statement');

CALL pg_temp.need_grant('sawa_statement', 'SELECT, INSERT', 'statement_file', 'statement',
                        'statement_entry', 'finding');
CALL pg_temp.need_grant('sawa_statement', 'UPDATE (state)', 'statement_file');
CALL pg_temp.need_grant('sawa_checker', 'INSERT', 'statement_entry');

ROLLBACK;
