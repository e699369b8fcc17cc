-- Verify sawa:window_life on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('window_transition', 'settlement_hold', 'settlement_hold_release',
                         'withdrawal', 'reinstruction', 'reinstruction_approval');
CALL pg_temp.need_constraints('window_transition', 'window_transitions_stay');
CALL pg_temp.need_constraints('settlement_window', 'window_moves_along_its_arrows',
                              'a_window_begins_open');
CALL pg_temp.need_constraints('settlement_hold', 'hold_gives_a_reason', 'holder_of_a_window',
                              'a_closed_window_is_not_held', 'holds_stay');
CALL pg_temp.need_indexes('settlement_hold', 'a_window_is_held_once');
CALL pg_temp.need_constraints('settlement_hold_release', 'who_holds_does_not_release',
                              'release_gives_a_reason', 'released_is_what_was_held',
                              'settlement_hold_ends', 'releases_are_immutable');
CALL pg_temp.need_constraints('withdrawal', 'withdrawn_is_what_was_rejected',
                              'withdrawals_are_immutable');
CALL pg_temp.need_constraints('match_member', 'match_member_is_not_withdrawn');
CALL pg_temp.need_constraints('instruction', 'i3_instruction_once', 'instruction_attempts_end',
                              'i3_attempt_follows_a_rejected_one');
CALL pg_temp.need_indexes('instruction', 'i3_one_live_attempt');
CALL pg_temp.need_constraints('reinstruction', 'reinstruction_gives_a_reason',
                              'maker_of_a_reinstruction', 'proposed_is_what_was_rejected',
                              'reinstructions_are_immutable');
CALL pg_temp.need_constraints('reinstruction_approval', 'maker_does_not_approve',
                              'approver_names_the_proposer', 'approved_is_what_waits',
                              'reinstruction_approvals_are_immutable');
CALL pg_temp.need_constraints('payment_file', 'i3_contradicted_is_not_paid_again');
CALL pg_temp.need_grant('sawa_settle', 'INSERT', 'withdrawal');
CALL pg_temp.need_grant('sawa_maker', 'INSERT (window_id, reason, held_by, commit_id)',
                        'settlement_hold');
CALL pg_temp.need_grant('sawa_checker', 'INSERT (reinstruction_id, digest, maker, proposed_by)',
                        'reinstruction_approval');

ROLLBACK;
