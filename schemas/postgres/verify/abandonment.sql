-- Verify sawa:abandonment on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('abandonment', 'abandonment_approval', 'abandoned_instruction');
CALL pg_temp.need_constraints('abandonment', 'abandonment_gives_a_reason',
                              'maker_of_an_abandonment', 'abandoned_is_what_waits',
                              'abandonments_are_immutable');
CALL pg_temp.need_constraints('abandonment_approval', 'who_abandons_does_not_approve',
                              'abandonment_approver_names_the_maker',
                              'abandonment_approves_what_waits',
                              'abandonment_approvals_are_immutable');
CALL pg_temp.need_constraints('abandoned_instruction', 'a_payment_is_abandoned_by_approval',
                              'abandoned_instructions_are_immutable');
CALL pg_temp.need_constraints('instruction', 'i3_abandoned_is_not_instructed_again');
CALL pg_temp.need_constraints('settlement_window', 'a_window_goes_on_when_all_is_decided');
CALL pg_temp.need_grant('sawa_maker', 'INSERT (instruction_id, reason, digest, proposed_by)',
                        'abandonment');
CALL pg_temp.need_grant('sawa_checker', 'INSERT (abandonment_id, digest, maker, proposed_by)',
                        'abandonment_approval');
CALL pg_temp.need_grant('sawa_settle', 'INSERT', 'abandoned_instruction');

ROLLBACK;
