-- Revert sawa:contradiction from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('ruling', 'ruling_approval', 'break_item');
SET ROLE sawa_owner;
SET search_path = sawa;

CREATE OR REPLACE FUNCTION checker_entry_guard() RETURNS trigger
    LANGUAGE plpgsql SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NOT pg_has_role(current_user, 'sawa_checker', 'USAGE')
       OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        RETURN NULL;
    END IF;
    IF EXISTS (
        SELECT FROM added
         WHERE NOT EXISTS (
                   SELECT FROM account_opening_approval AS approval
                     JOIN account_opening AS opening USING (opening_id)
                     JOIN account AS opposite
                       ON opposite.kind = 'OPENING'
                      AND opposite.account_id IN (added.debit_account_id, added.credit_account_id)
                    WHERE approval.commit_id = added.commit_id
                      AND approval.xmin = pg_current_xact_id()::xid AND added.line = 1
                      AND added.booking_date = opening.business_date
                      AND added.amount_minor = abs(opening.book_minor)
                      AND opening.account_id = CASE WHEN opening.book_minor > 0
                                                    THEN added.debit_account_id
                                                    ELSE added.credit_account_id END)
           AND NOT EXISTS (
                   SELECT FROM prefunding_approval AS approval
                     JOIN prefunding AS placed USING (prefunding_id)
                     JOIN account AS owed
                       ON owed.kind = 'PREFUNDING' AND owed.participant_id = placed.participant_id
                      AND owed.account_id IN (added.debit_account_id, added.credit_account_id)
                    WHERE approval.commit_id = added.commit_id
                      AND approval.xmin = pg_current_xact_id()::xid AND added.line = 1
                      AND added.amount_minor = abs(placed.amount_minor)
                      AND placed.account_id = CASE WHEN placed.amount_minor > 0
                                                   THEN added.debit_account_id
                                                   ELSE added.credit_account_id END)
           AND NOT EXISTS (
                   SELECT FROM suspense_clearing_approval AS approval
                     JOIN suspense_booking AS booking USING (clearing_id)
                    WHERE approval.commit_id = added.commit_id
                      AND approval.xmin = pg_current_xact_id()::xid AND added.line = 1
                      AND added.booking_date = booking.booked_on
                      AND (added.debit_account_id, added.credit_account_id, added.amount_minor)
                          = (booking.debit_account_id, booking.credit_account_id,
                             booking.amount_minor))) THEN
        RAISE EXCEPTION 'a checker books what an approval of the same transaction says'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'i2_checkers_book_by_approval',
                  TABLE = 'journal_entry';
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION instruction_guard() RETURNS trigger
    LANGUAGE plpgsql SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NOT (OLD.status, NEW.status) IN (('PENDING', 'SENT'), ('SENT', 'ACCEPTED'),
                                        ('SENT', 'SETTLED'), ('SENT', 'REJECTED'),
                                        ('ACCEPTED', 'SETTLED'), ('ACCEPTED', 'REJECTED'),
                                        ('SENT', 'RETURNED'), ('ACCEPTED', 'RETURNED'),
                                        ('SETTLED', 'RETURNED')) THEN
        RAISE EXCEPTION 'an instruction does not move from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'instruction_moves_forward',
                  TABLE = 'instruction';
    END IF;
    RETURN NEW;
END
$$;
ALTER FUNCTION instruction_guard() SECURITY INVOKER;
CREATE OR REPLACE FUNCTION break_guard() RETURNS trigger
    LANGUAGE plpgsql SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NOT ((OLD.state = NEW.state AND OLD.state <> 'RESOLVED')
            OR (OLD.state, NEW.state) IN (('OPEN', 'ASSIGNED'), ('ASSIGNED', 'PROPOSED'),
                                          ('PROPOSED', 'ASSIGNED'), ('OPEN', 'RESOLVED'),
                                          ('ASSIGNED', 'RESOLVED'), ('PROPOSED', 'RESOLVED'),
                                          ('APPROVED', 'RESOLVED'))) THEN
        RAISE EXCEPTION 'a break does not move from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'break_moves_forward',
                  TABLE = 'break_item';
    END IF;
    RETURN NEW;
END
$$;
ALTER FUNCTION break_guard() SECURITY INVOKER;
CREATE OR REPLACE VIEW rejected_instruction AS
    SELECT instruction.instruction_id, instruction.window_id, instruction.participant_id,
           instruction.counterparty_id, instruction.direction, instruction.account_id,
           instruction.amount_minor, instruction.currency, instruction.settlement_date,
           instruction.end_to_end_id, instruction.status, instruction.commit_id,
           instruction.attempt, undone.reason, undone.withdrawn_on, instruction.event_day,
           instruction.event_id
      FROM instruction
      JOIN (SELECT instruction_id, reason, withdrawn_on FROM withdrawal
            UNION ALL
            SELECT payment_return.instruction_id, reason, item.book_date
              FROM payment_return
              JOIN expected_item AS item USING (return_id)) AS undone USING (instruction_id)
     WHERE NOT EXISTS (SELECT FROM abandoned_instruction AS settled
                        WHERE settled.instruction_id = instruction.instruction_id)
       AND NOT EXISTS (SELECT FROM instruction AS later
                        WHERE later.window_id = instruction.window_id
                          AND later.participant_id = instruction.participant_id
                          AND later.counterparty_id = instruction.counterparty_id
                          AND later.direction = instruction.direction
                          AND later.event_id = instruction.event_id
                          AND later.attempt > instruction.attempt);

CREATE OR REPLACE FUNCTION window_abandon_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM rejected_instruction WHERE window_id = NEW.window_id)
       OR NOT EXISTS (SELECT FROM abandoned_instruction WHERE window_id = NEW.window_id) THEN
        RAISE EXCEPTION 'something of this window waits to be decided'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_window_goes_on_when_all_is_decided',
                  TABLE = 'settlement_window';
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION is_contradicted(of_instruction uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
    SELECT EXISTS (SELECT FROM payment_status
                    WHERE instruction_id = of_instruction AND outcome = 'CONTRADICTS')
$$;

DROP TRIGGER expected_is_what_was_ruled ON expected_item;
ALTER TABLE expected_item
    DROP CONSTRAINT expected_item_has_one_origin,
    DROP COLUMN ruling_id,
    ADD CONSTRAINT expected_item_has_one_origin
        CHECK (num_nonnulls(instruction_id, opening_id, return_id, prefunding_id,
                            clearing_id) = 1);
DROP TRIGGER a_contradiction_opens_a_break ON payment_status;
DROP TRIGGER a_contradiction_is_what_was_said ON break_item;
DROP VIEW ruling_booking;
DROP TABLE ruling_approval, ruling;
DROP FUNCTION contradiction_open(bigint, integer), contradiction_begin(), contradiction_guard(),
              ruling_effect(uuid, text), ruling_digest(uuid, text, text), is_ruled(uuid, text),
              ruling_announce(bigint),
              ruling_guard(), ruling_approval_guard(), ruling_enter(), ruling_booking_guard(),
              ruling_item_guard();
REVOKE SELECT ON break_item FROM sawa_relay, sawa_settle;
REVOKE EXECUTE ON FUNCTION is_contradicted(uuid) FROM sawa_reader;
DROP INDEX break_instruction;
ALTER TABLE break_item
    DROP CONSTRAINT break_item_is_one_thing,
    DROP CONSTRAINT a_contradiction_names_its_answer,
    DROP CONSTRAINT a_contradiction_is_one_break,
    DROP COLUMN instruction_id,
    DROP COLUMN reply_id,
    DROP COLUMN reply_line,
    ADD CONSTRAINT break_item_is_one_thing
        CHECK ((expected_item_id IS NULL) <> (entry_id IS NULL)),
    DROP CONSTRAINT break_type_known,
    ADD CONSTRAINT break_item_type_check CHECK (type IN (
        'missing_at_bank', 'missing_in_books', 'amount', 'currency', 'date', 'duplicate_at_bank',
        'duplicate_in_books', 'fee_variance', 'fx_variance', 'direction', 'ambiguous', 'returned',
        'unidentified_receipt'));

RESET ROLE;
COMMIT;
