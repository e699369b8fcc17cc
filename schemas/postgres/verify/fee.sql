-- Verify sawa:fee on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('corridor_fee', 'corridor_fee_tier', 'fee_obligation');
CALL pg_temp.need_constraints('account', 'account_kind_known');
CALL pg_temp.need_constraints('corridor_fee', 'fee_minimum_is_below_its_maximum',
                              'fee_goes_to_somebody', 'fee_tax_has_a_country_and_an_account',
                              'corridor_fees_are_immutable');
CALL pg_temp.need_constraints('corridor_fee_tier', 'corridor_fee_tiers_are_immutable');
CALL pg_temp.need_constraints('fee_obligation', 'i3_fee_obligation_once',
                              'fee_obligation_parties_differ', 'fee_tax_is_ours_to_hand_on',
                              'fee_obligations_are_immutable');
CALL pg_temp.need_constraints('window_delta', 'window_delta_charges_match');
CALL pg_temp.need_constraints('window_fold', 'window_fold_charges_match');
CALL pg_temp.need_constraints('net_proof', 'i2_nets_sum_to_zero');
CALL pg_temp.need_constraints('journal_entry', 'journal_purpose_known');
CALL pg_temp.need_grant('sawa_corridor', 'INSERT', 'corridor_fee', 'corridor_fee_tier');
CALL pg_temp.need_grant('sawa_settle', 'SELECT', 'fee_obligation');
CALL pg_temp.need_grant('sawa_settle', 'INSERT', 'fee_obligation');
CALL pg_temp.need_grant('sawa_ingest',
                        'INSERT (fee_numbers, fee_debtor_ids, fee_creditor_ids, fee_counts,'
                        ' fee_minors)', 'window_delta');

ROLLBACK;
