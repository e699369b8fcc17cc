-- Verify sawa:payment_return on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('payment_return', 'rejected_instruction');
CALL pg_temp.need_constraints('payment_return', 'i3_a_payment_returns_once',
                              'returned_is_what_was_paid', 'payment_returns_are_immutable');
CALL pg_temp.need_constraints('instruction', 'a_return_says_how_much');
CALL pg_temp.need_constraints('expected_item', 'expected_item_has_one_origin',
                              'expected_is_what_was_returned');
CALL pg_temp.need_constraints('account', 'account_kind_known');
CALL pg_temp.need_indexes('instruction', 'i3_one_live_attempt');
CALL pg_temp.need_grant('sawa_relay', 'SELECT, INSERT', 'payment_return');
CALL pg_temp.need_grant('sawa_settle', 'SELECT', 'payment_return');
SELECT 1 / has_function_privilege('sawa_settle', 'sawa.own_account(text, char)',
                                  'EXECUTE')::integer;
SELECT 1 / count(*) FROM sawa.window_transition
 WHERE (from_state, to_state, function) = ('SETTLED', 'FAILED', 'settle_return');

ROLLBACK;
