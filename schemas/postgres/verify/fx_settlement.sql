-- Verify sawa:fx_settlement on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('corridor_fx', 'window_fx', 'window_fx_lock');
CALL pg_temp.need_constraints('account', 'account_kind_known');
CALL pg_temp.need_constraints('fx_rate', 'fx_rate_lies_between_its_sides');
CALL pg_temp.need_constraints('fx_lock', 'fx_lock_names_a_whole_window');
CALL pg_temp.need_constraints('window_delta', 'window_delta_locks_match');
CALL pg_temp.need_constraints('corridor_fx', 'fx_accounts_differ', 'the_book_changes_by_approval',
                              'corridor_fx_is_immutable');
CALL pg_temp.need_constraints('window_fx', 'i3_window_fx_once', 'window_fx_has_two_currencies',
                              'window_fx_pivot_is_whole', 'window_fx_result_has_a_lock',
                              'window_fx_is_immutable');
CALL pg_temp.need_constraints('window_fx_lock', 'i3_window_fx_lock_once',
                              'only_a_lock_in_force_covers', 'a_lock_covers_its_notional_at_most',
                              'window_fx_locks_are_immutable');
CALL pg_temp.need_grant('sawa_corridor', 'INSERT', 'corridor_fx');
CALL pg_temp.need_grant('sawa_settle', 'SELECT', 'window_fx', 'window_fx_lock');
CALL pg_temp.need_grant('sawa_settle', 'INSERT', 'window_fx', 'window_fx_lock');
CALL pg_temp.need_grant('sawa_ingest',
                        'INSERT (volume_minor, lock_volumes, lock_firsts, lock_lasts)',
                        'window_delta');

ROLLBACK;
