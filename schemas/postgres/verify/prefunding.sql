-- Verify sawa:prefunding on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('prefunding', 'prefunding_approval', 'prefunding_use',
                         'prefunding_balance');
CALL pg_temp.need_constraints('account', 'account_kind_known',
                              'account_obligation_has_a_participant');
CALL pg_temp.need_constraints('expected_item', 'expected_item_has_one_origin');
CALL pg_temp.need_constraints('prefunding', 'prefunding_gives_a_reason', 'maker_of_a_prefunding',
                              'prefundings_are_immutable');
CALL pg_temp.need_constraints('prefunding_approval', 'who_places_does_not_approve',
                              'approved_is_what_was_placed', 'prefunding_is_approved_in_time',
                              'i2_prefunding_is_booked', 'prefunding_approvals_are_immutable');
CALL pg_temp.need_constraints('prefunding_use', 'i3_funded_once', 'i2_prefunding_is_booked',
                              'prefunding_is_taken', 'prefunding_uses_are_immutable');
CALL pg_temp.need_constraints('prefunding_balance', 'i3_prefunding_is_spent_once');
CALL pg_temp.need_constraints('net_proof', 'i2_instructed_is_what_is_left',
                              'i3_what_is_taken_is_told');
CALL pg_temp.need_indexes('prefunding', 'prefunding_participant');
CALL pg_temp.need_grant('sawa_settle', 'INSERT', 'prefunding_use');
CALL pg_temp.need_grant('sawa_settle', 'SELECT', 'prefunding_balance');
CALL pg_temp.need_grant('sawa_maker', 'INSERT (participant_id, amount_minor)', 'prefunding');
CALL pg_temp.need_grant('sawa_checker', 'INSERT (prefunding_id, amount_minor)',
                        'prefunding_approval');

ROLLBACK;
