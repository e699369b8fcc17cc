-- Verify sawa:settle on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('window_fold', 'obligation', 'net_position', 'net_proof', 'instruction',
                         'expected_item', 'corridor_calendar', 'fold_id_seq');
CALL pg_temp.need_constraints('window_fold', 'window_fold_pairs_match');
CALL pg_temp.need_constraints('obligation', 'i3_obligation_once', 'obligation_parties_differ',
                              'obligations_are_immutable');
CALL pg_temp.need_constraints('net_position', 'i3_net_position_once', 'net_is_the_difference',
                              'net_positions_are_immutable');
CALL pg_temp.need_constraints('net_proof', 'i3_total_is_the_sum_of_its_payments',
                              'i2_nets_sum_to_zero', 'net_proofs_are_immutable');
CALL pg_temp.need_constraints('instruction', 'i3_instruction_once');
CALL pg_temp.need_constraints('expected_item', 'expected_item_has_one_origin',
                              'expected_item_is_due_after_its_value_date');
CALL pg_temp.need_indexes('expected_item', 'expected_item_open', 'expected_item_book',
                         'expected_item_window');

CALL pg_temp.need_grant('sawa_corridor', 'INSERT', 'corridor_calendar');
CALL pg_temp.need_grant('sawa_settle', 'SELECT, INSERT, UPDATE', 'window_fold');
CALL pg_temp.need_grant('sawa_settle', 'SELECT, INSERT', 'obligation', 'net_position', 'net_proof',
                        'instruction', 'expected_item');
CALL pg_temp.need_grant('sawa_checker', 'INSERT', 'expected_item');
CALL pg_temp.need_grant('sawa_reconcile', 'SELECT', 'expected_item', 'instruction');

ROLLBACK;
