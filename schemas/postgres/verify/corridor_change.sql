-- Verify sawa:corridor_change on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('corridor_change', 'corridor_decision');
CALL pg_temp.need_constraints('corridor_change', 'change_digest_is_of_its_document',
                              'change_expires', 'maker_of_a_change', 'changes_are_immutable');
CALL pg_temp.need_constraints('corridor_decision', 'a_change_is_decided_once',
                              'maker_is_not_checker', 'the_maker_is_the_proposer',
                              'decided_is_what_was_proposed', 'decisions_are_immutable');
CALL pg_temp.need_constraints('participant', 'the_book_changes_by_approval');
CALL pg_temp.need_constraints('account', 'the_book_changes_by_approval');
CALL pg_temp.need_constraints('participant_account', 'the_book_changes_by_approval',
                              'participant_accounts_ascend', 'participant_account_pkey');
CALL pg_temp.need_constraints('bank_profile', 'the_book_changes_by_approval',
                              'bank_profile_versions_ascend');
CALL pg_temp.need_constraints('corridor', 'the_book_changes_by_approval',
                              'corridor_versions_ascend');
CALL pg_temp.need_constraints('corridor_participant', 'the_book_changes_by_approval');
CALL pg_temp.need_constraints('corridor_calendar', 'the_book_changes_by_approval');
CALL pg_temp.need_constraints('corridor_fee', 'the_book_changes_by_approval');
CALL pg_temp.need_constraints('corridor_fee_tier', 'the_book_changes_by_approval');
CALL pg_temp.need_grant('sawa_maker',
                        'INSERT (definition, holidays, digest, reason, proposed_by, expires_at,
                                 commit_id)', 'corridor_change');
CALL pg_temp.need_grant('sawa_checker',
                        'INSERT (change_id, decision, digest, maker, proposed_by, decided_by,
                                 reason, commit_id)', 'corridor_decision');
CALL pg_temp.need_grant('sawa_checker', 'INSERT', 'corridor', 'participant_account');
CALL pg_temp.need_grant('sawa_corridor', 'SELECT', 'settlement_window', 'corridor_change');

ROLLBACK;
