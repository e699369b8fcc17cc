-- Verify sawa:reconcile on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('match', 'match_member', 'break_item', 'break_candidate',
                         'reconcile_mark');
CALL pg_temp.need_constraints('match', 'match_difference_is_told');
CALL pg_temp.need_constraints('match_member', 'match_member_is_one_thing', 'match_member_closes');
CALL pg_temp.need_constraints('break_item', 'break_item_is_one_thing', 'break_ends_once',
                              'break_is_half_open');
CALL pg_temp.need_indexes('match_member', 'i13_expected_item_matched_once',
                          'i13_entry_matched_once', 'match_member_match');
CALL pg_temp.need_indexes('break_item', 'one_open_break_per_expected_item',
                          'one_open_break_per_entry', 'break_account');

CALL pg_temp.need_grant('sawa_reconcile', 'SELECT, INSERT', 'match', 'match_member', 'break_item',
                        'break_candidate');
CALL pg_temp.need_grant('sawa_reconcile', 'UPDATE (type, state, closed_on, closed_commit_id)',
                        'break_item');
CALL pg_temp.need_grant('sawa_reconcile', 'DELETE', 'break_candidate');
CALL pg_temp.need_grant('sawa_reconcile', 'SELECT, INSERT, UPDATE', 'reconcile_mark');

ROLLBACK;
