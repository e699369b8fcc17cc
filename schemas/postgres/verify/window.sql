-- Verify sawa:window on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('settlement_window', 'window_cut', 'window_delta');
CALL pg_temp.need_constraints('settlement_window', 'window_state_known', 'window_is_half_open',
                              'i9_window_id_is_its_place', 'i3_windows_do_not_overlap');
CALL pg_temp.need_constraints('window_cut', 'i3_one_cut_per_partition');
CALL pg_temp.need_constraints('window_delta', 'i3_one_delta_per_commit',
                              'window_delta_pairs_match');
CALL pg_temp.need_indexes('settlement_window', 'window_due');
CALL pg_temp.need_indexes('window_delta', 'window_delta_pending');

CALL pg_temp.need_grant('sawa_ingest', 'SELECT', 'settlement_window', 'window_cut', 'window_delta');
CALL pg_temp.need_grant('sawa_ingest', 'INSERT', 'window_cut');
CALL pg_temp.need_grant('sawa_ingest', 'INSERT (window_id, commit_id, payment_count, late_count, '
                        'gross_minor, debtor_ids, creditor_ids, counts, minors, lock_ids)',
                        'window_delta');
CALL pg_temp.need_grant('sawa_settle', 'SELECT, INSERT', 'settlement_window', 'window_cut');
CALL pg_temp.need_grant('sawa_settle', 'UPDATE (state, hold_reason, changed_at)',
                        'settlement_window');
CALL pg_temp.need_grant('sawa_settle', 'UPDATE (fold_id)', 'window_delta');

ROLLBACK;
