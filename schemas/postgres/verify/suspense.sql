-- Verify sawa:suspense on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('suspense_purpose', 'suspense_balance', 'suspense_item',
                         'suspense_clearing', 'suspense_clearing_approval', 'suspense_booking');
CALL pg_temp.need_constraints('account', 'account_kind_known');
CALL pg_temp.need_constraints('suspense_purpose', 'suspense_purposes_stay');
CALL pg_temp.need_constraints('suspense_balance', 'i3_suspense_is_cleared_once');
CALL pg_temp.need_constraints('abandoned_instruction', 'suspense_begins');
CALL pg_temp.need_constraints('suspense_clearing', 'clearing_gives_a_reason',
                              'money_that_moves_is_named', 'maker_of_a_clearing',
                              'cleared_is_what_is_left', 'clearings_are_immutable');
CALL pg_temp.need_constraints('suspense_clearing_approval', 'who_clears_does_not_approve',
                              'a_commit_clears_once', 'clearing_approver_names_the_maker',
                              'clearing_approves_what_is_left', 'suspense_is_cleared',
                              'i2_clearing_is_booked', 'clearing_approvals_are_immutable');
CALL pg_temp.need_constraints('expected_item', 'expected_item_has_one_origin',
                              'expected_is_what_is_cleared');
CALL pg_temp.need_constraints('journal_entry', 'i2_checkers_book_by_approval');
CALL pg_temp.need_indexes('suspense_clearing', 'suspense_clearing_instruction');
CALL pg_temp.need_grant('sawa_maker', 'INSERT (instruction_id, amount_minor, purpose, digest)',
                        'suspense_clearing');
CALL pg_temp.need_grant('sawa_checker', 'INSERT (clearing_id, digest, maker)',
                        'suspense_clearing_approval');
CALL pg_temp.need_grant('sawa_reader', 'SELECT', 'suspense_item');

ROLLBACK;
