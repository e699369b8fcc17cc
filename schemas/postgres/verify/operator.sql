-- Verify sawa:operator on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('operator_action', 'accepted_gap');
CALL pg_temp.need_constraints('operator_action', 'operator_action_known',
                              'operator_names_the_record', 'operator_gives_a_reason',
                              'operator_actions_are_immutable');
CALL pg_temp.need_constraints('accepted_gap', 'i4_gap_starts_once', 'i4_gap_ends_once',
                              'i4_gap_moves_on', 'accepted_gaps_are_immutable');
CALL pg_temp.need_constraints('parked', 'parked_state_known', 'parked_is_decided_by_a_commit',
                              'i1_parked_is_decided_once');
CALL pg_temp.need_indexes('operator_action', 'operator_action_place');
CALL pg_temp.need_indexes('parked', 'parked_waiting');

CALL pg_temp.need_grant('sawa_replay', 'SELECT, INSERT', 'source', 'position', 'accepted_gap',
                        'payment', 'event_seen', 'transfer_seen', 'fx_rate', 'fx_lock');
CALL pg_temp.need_grant('sawa_replay', 'INSERT', 'commit_log', 'journal_entry');
CALL pg_temp.need_grant('sawa_replay', 'UPDATE (halt_reason, halted_at)', 'position');
CALL pg_temp.need_grant('sawa_replay', 'UPDATE (state, decided_commit_id)', 'parked');
CALL pg_temp.need_grant('sawa_reader', 'SELECT', 'operator_action', 'accepted_gap');
DO $$
BEGIN
    ASSERT NOT has_column_privilege('sawa_replay', 'sawa.position', 'next_offset', 'UPDATE'),
           'sawa_replay can move a position without a gap';
    ASSERT NOT has_column_privilege('sawa_replay', 'sawa.operator_action', 'login', 'INSERT'),
           'an operator can act in another''s name';
    ASSERT has_function_privilege(
        'sawa_replay', 'sawa.position_pass_gap(integer, integer, bigint, bigint, bigint)',
        'EXECUTE'), 'sawa_replay cannot pass a gap';
END
$$;

ROLLBACK;
