-- Verify sawa:statement_release on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('statement_proposal', 'statement_decision', 'hold_policy');
CALL pg_temp.need_constraints('statement_proposal', 'statement_proposal_is_about_one_thing',
                              'a_replaced_statement_is_always_held',
                              'statement_proposal_gives_a_reason', 'statement_proposal_expires',
                              'maker_of_a_statement_proposal', 'proposed_is_what_is_held',
                              'statement_proposals_are_immutable');
CALL pg_temp.need_constraints('statement_decision', 'a_statement_proposal_is_decided_once',
                              'a_statement_takes_two_people', 'statement_decision_gives_a_reason',
                              'the_maker_is_the_statement_proposer', 'decided_is_what_is_held',
                              'an_approval_is_carried_out', 'statement_decisions_are_immutable');
CALL pg_temp.need_constraints('statement', 'statement_state_known',
                              'a_held_statement_moves_by_approval',
                              'a_statement_is_not_refused_as_it_comes');
CALL pg_temp.need_indexes('statement_proposal', 'statement_proposal_statement');
CALL pg_temp.need_grant('sawa_maker', 'INSERT (action, statement_id, code, account_id, reason,
                                               proposed_by, commit_id)', 'statement_proposal');
CALL pg_temp.need_grant('sawa_checker', 'INSERT (proposal_id, decision, maker, proposed_by,
                                                 decided_by, reason, commit_id)',
                        'statement_decision');
CALL pg_temp.need_grant('sawa_checker', 'UPDATE (state, account_id, loaded_count)', 'statement');
CALL pg_temp.need_grant('sawa_statement', 'SELECT', 'hold_policy');

ROLLBACK;
