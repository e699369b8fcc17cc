-- Verify sawa:contradiction on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('ruling', 'ruling_approval', 'ruling_booking', 'rejected_instruction');
CALL pg_temp.need_constraints('break_item', 'break_item_is_one_thing', 'break_type_known',
                              'a_contradiction_is_one_break', 'a_contradiction_names_its_answer',
                              'a_contradiction_is_what_was_said', 'break_moves_forward');
CALL pg_temp.need_constraints('payment_status', 'a_contradiction_opens_a_break');
CALL pg_temp.need_constraints('ruling', 'ruling_names_its_evidence', 'maker_of_a_ruling',
                              'ruled_is_what_is_contradicted', 'rulings_are_immutable');
CALL pg_temp.need_constraints('ruling_approval', 'who_rules_does_not_approve',
                              'a_commit_rules_once', 'ruling_approver_names_the_maker',
                              'ruling_approves_what_is_said', 'a_ruling_resolves_its_breaks',
                              'i2_ruling_is_booked', 'ruling_approvals_are_immutable');
CALL pg_temp.need_constraints('expected_item', 'expected_item_has_one_origin',
                              'expected_is_what_was_ruled');
CALL pg_temp.need_constraints('journal_entry', 'i2_checkers_book_by_approval');
CALL pg_temp.need_indexes('break_item', 'break_instruction');
CALL pg_temp.need_indexes('ruling', 'ruling_instruction');
CALL pg_temp.need_grant('sawa_maker', 'INSERT (instruction_id, outcome, digest)', 'ruling');
CALL pg_temp.need_grant('sawa_checker', 'INSERT (ruling_id, digest, maker)', 'ruling_approval');

ROLLBACK;
