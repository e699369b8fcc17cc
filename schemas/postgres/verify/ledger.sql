-- Verify sawa:ledger on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('account_kind', 'chart_of_accounts', 'batch_place', 'period_proposal',
                         'period_decision', 'accounting_period');
CALL pg_temp.need_constraints('period_proposal', 'reopening_has_a_reason', 'proposal_expires',
                              'a_proposal_replaces_another', 'a_proposal_moves_once',
                              'proposals_stay');
CALL pg_temp.need_indexes('period_proposal', 'one_proposal_stands');
CALL pg_temp.need_constraints('period_decision', 'a_period_takes_two_people',
                              'decisions_are_immutable');
CALL pg_temp.need_constraints('accounting_period', 'period_has_days', 'period_follows_another',
                              'one_period_follows_another', 'periods_move_by_decision',
                              'periods_stay');
CALL pg_temp.need_constraints('journal_entry', 'closed_periods_take_no_entry');
CALL pg_temp.need_constraints('settlement_window', 'closed_periods_take_no_window',
                              'closed_periods_reopen_no_window');
CALL pg_temp.need_grant('sawa_maker',
                        'INSERT (action, last_date, reason, valid_hours, proposed_by, commit_id)',
                        'period_proposal');
CALL pg_temp.need_grant('sawa_checker',
                        'INSERT (proposal_id, verdict, digest, reason, decided_by, commit_id)',
                        'period_decision');
CALL pg_temp.need_grant('sawa_reader', 'SELECT', 'chart_of_accounts', 'batch_place',
                        'accounting_period', 'period_proposal', 'period_decision');
SELECT 1 / has_function_privilege('sawa_reader', 'sawa.trial_balance_digest(date)',
                                  'EXECUTE')::integer;

ROLLBACK;
