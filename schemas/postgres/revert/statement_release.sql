-- Revert sawa:statement_release from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('statement_proposal', 'statement_decision');

REVOKE UPDATE (state, account_id, loaded_count) ON sawa.statement FROM sawa_checker;
REVOKE INSERT ON sawa.finding FROM sawa_checker;
DROP VIEW sawa.hold_policy;
DROP TRIGGER a_held_statement_moves_by_approval ON sawa.statement;
DROP TRIGGER a_statement_is_not_refused_as_it_comes ON sawa.statement;
DROP TABLE sawa.statement_decision, sawa.statement_proposal;
DROP FUNCTION sawa.statement_begins_guard(), sawa.statement_guard(),
              sawa.statement_decision_carried_out(), sawa.statement_decision_guard(),
              sawa.statement_proposal_guard(), sawa.statement_release_refuse(text, text);
ALTER TABLE sawa.statement DROP CONSTRAINT statement_state_known;
ALTER TABLE sawa.statement ADD CONSTRAINT statement_state_check
    CHECK (state IN ('LOADED', 'HELD'));
ALTER TABLE sawa.statement DROP CONSTRAINT loaded_statement_is_whole;
ALTER TABLE sawa.statement ADD CONSTRAINT loaded_statement_is_whole
    CHECK (state = 'HELD' OR (account_id IS NOT NULL AND closing_minor IS NOT NULL
                              AND closing_date IS NOT NULL));

RESET ROLE;
COMMIT;
