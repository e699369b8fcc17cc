-- Revert sawa:payment_return from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('payment_return');

ALTER TABLE sawa.window_transition DISABLE TRIGGER window_transitions_stay;
DELETE FROM sawa.window_transition WHERE (from_state, to_state) = ('SETTLED', 'FAILED');
ALTER TABLE sawa.window_transition ENABLE TRIGGER window_transitions_stay;
CREATE OR REPLACE VIEW sawa.rejected_instruction AS
    SELECT instruction.instruction_id, instruction.window_id, instruction.participant_id,
           instruction.counterparty_id, instruction.direction, instruction.account_id,
           instruction.amount_minor, instruction.currency, instruction.settlement_date,
           instruction.end_to_end_id, instruction.status, instruction.commit_id,
           instruction.attempt, withdrawal.reason, withdrawal.withdrawn_on
      FROM sawa.instruction
      JOIN sawa.withdrawal USING (instruction_id)
     WHERE NOT EXISTS (SELECT FROM sawa.instruction AS later
                        WHERE later.window_id = instruction.window_id
                          AND later.participant_id = instruction.participant_id
                          AND later.counterparty_id = instruction.counterparty_id
                          AND later.direction = instruction.direction
                          AND later.attempt > instruction.attempt);

CREATE OR REPLACE FUNCTION sawa.instruction_attempt_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM instruction AS before
                     JOIN withdrawal USING (instruction_id)
                     JOIN settlement_window AS w ON w.window_id = before.window_id
                    WHERE before.window_id = NEW.window_id
                      AND before.participant_id = NEW.participant_id
                      AND before.counterparty_id = NEW.counterparty_id
                      AND before.direction = NEW.direction
                      AND before.attempt = NEW.attempt - 1 AND before.status = 'REJECTED'
                      AND before.amount_minor = NEW.amount_minor
                      AND before.currency = NEW.currency AND before.account_id = NEW.account_id
                      AND w.state = 'REOPENED'
                      AND NOT is_contradicted(before.instruction_id)) THEN
        RAISE EXCEPTION 'another attempt repeats one that was rejected, in a reopened window'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'i3_attempt_follows_a_rejected_one',
                  TABLE = 'instruction';
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION sawa.instruction_guard() RETURNS trigger
    LANGUAGE plpgsql SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NOT (OLD.status, NEW.status) IN (('PENDING', 'SENT'), ('SENT', 'ACCEPTED'),
                                        ('SENT', 'SETTLED'), ('SENT', 'REJECTED'),
                                        ('ACCEPTED', 'SETTLED'), ('ACCEPTED', 'REJECTED')) THEN
        RAISE EXCEPTION 'an instruction does not move from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'instruction_moves_forward',
                  TABLE = 'instruction';
    END IF;
    RETURN NEW;
END
$$;

DROP INDEX sawa.i3_one_live_attempt;
CREATE UNIQUE INDEX i3_one_live_attempt
    ON sawa.instruction (window_id, participant_id, counterparty_id, direction)
 WHERE status <> 'REJECTED';
DROP TRIGGER expected_is_what_was_returned ON sawa.expected_item;
DROP TRIGGER a_return_says_how_much ON sawa.instruction;
ALTER TABLE sawa.expected_item
    DROP CONSTRAINT expected_item_has_one_origin,
    DROP COLUMN return_id,
    ADD CONSTRAINT expected_item_has_one_origin
        CHECK ((instruction_id IS NULL) <> (opening_id IS NULL));
DROP TABLE sawa.payment_return;
DROP FUNCTION sawa.own_account(text, char), sawa.return_item_guard(),
              sawa.instruction_return_check(), sawa.payment_return_guard();
DELETE FROM sawa.account_kind WHERE kind IN ('BANK_CHARGES', 'SUSPENSE');
ALTER TABLE sawa.account DROP CONSTRAINT account_kind_known;
ALTER TABLE sawa.account ADD CONSTRAINT account_kind_known
    CHECK (kind IN ('NOSTRO', 'OBLIGATION', 'OPENING', 'FEE_INCOME', 'TAX_PAYABLE'));
ALTER TABLE sawa.instruction
    DROP CONSTRAINT instruction_status_check,
    ADD CONSTRAINT instruction_status_check
        CHECK (status IN ('PENDING', 'SENT', 'ACCEPTED', 'SETTLED', 'REJECTED'));
ALTER TABLE sawa.payment_reply
    DROP CONSTRAINT payment_reply_message_check,
    ADD CONSTRAINT payment_reply_message_check CHECK (message IN ('pacs.002', 'pain.002'));

COMMIT;
