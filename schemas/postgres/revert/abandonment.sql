-- Revert sawa:abandonment from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('abandonment', 'abandonment_approval', 'abandoned_instruction');

ALTER TABLE sawa.window_transition DISABLE TRIGGER window_transitions_stay;
DELETE FROM sawa.window_transition WHERE (from_state, to_state) = ('FAILED', 'INSTRUCTED');
ALTER TABLE sawa.window_transition ENABLE TRIGGER window_transitions_stay;
DROP TRIGGER a_window_goes_on_when_all_is_decided ON sawa.settlement_window;
DROP TRIGGER i3_abandoned_is_not_instructed_again ON sawa.instruction;
CREATE OR REPLACE VIEW sawa.rejected_instruction AS
    SELECT instruction.instruction_id, instruction.window_id, instruction.participant_id,
           instruction.counterparty_id, instruction.direction, instruction.account_id,
           instruction.amount_minor, instruction.currency, instruction.settlement_date,
           instruction.end_to_end_id, instruction.status, instruction.commit_id,
           instruction.attempt, undone.reason, undone.withdrawn_on
      FROM sawa.instruction
      JOIN (SELECT instruction_id, reason, withdrawn_on FROM sawa.withdrawal
            UNION ALL
            SELECT payment_return.instruction_id, reason, item.book_date
              FROM sawa.payment_return
              JOIN sawa.expected_item AS item USING (return_id)) AS undone USING (instruction_id)
     WHERE NOT EXISTS (SELECT FROM sawa.instruction AS later
                        WHERE later.window_id = instruction.window_id
                          AND later.participant_id = instruction.participant_id
                          AND later.counterparty_id = instruction.counterparty_id
                          AND later.direction = instruction.direction
                          AND later.attempt > instruction.attempt);
DROP TABLE sawa.abandoned_instruction, sawa.abandonment_approval, sawa.abandonment;
DROP FUNCTION sawa.window_abandon_guard(), sawa.instruction_abandoned_guard(),
              sawa.abandoned_instruction_guard(), sawa.abandonment_approval_guard(),
              sawa.abandonment_guard(), sawa.abandonment_digest(uuid);

COMMIT;
