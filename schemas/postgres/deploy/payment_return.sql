-- Deploy sawa:payment_return to pg
-- requires: window_life ledger corridor_change
-- Money that left and comes back (pacs.004): how much of which payment, that we expect it, and that
-- the payment may be made once more by approval.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

-- ---- what banks answer ----

ALTER TABLE payment_reply
    DROP CONSTRAINT payment_reply_message_check,
    ADD CONSTRAINT payment_reply_message_check
        CHECK (message IN ('pacs.002', 'pain.002', 'pacs.004'));
ALTER TABLE instruction
    DROP CONSTRAINT instruction_status_check,
    ADD CONSTRAINT instruction_status_check
        CHECK (status IN ('PENDING', 'SENT', 'ACCEPTED', 'SETTLED', 'REJECTED', 'RETURNED'));

-- The arrows of domain/payment_file.h: who sends money back has had it.
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

-- What came back of an instruction, in the bank's words. Once: another return of the same payment
-- contradicts this one.
CREATE TABLE payment_return (
    return_id      uuid    PRIMARY KEY, -- UUIDv5 of the instruction's id
    instruction_id uuid    NOT NULL REFERENCES instruction,
    reply_id       bigint  NOT NULL,
    line           integer NOT NULL,
    amount_minor   bigint  NOT NULL CHECK (amount_minor > 0), -- less than was sent: charges
    currency       char(3) NOT NULL,
    reference      text    NOT NULL, -- the bank's own id of it; empty: it gave none
    value_date     date, -- null: the bank gave none
    reason         text    NOT NULL, -- the bank's code: AC04; empty where it gave none
    commit_id      bigint  NOT NULL REFERENCES commit_log,
    CONSTRAINT i3_a_payment_returns_once UNIQUE (instruction_id),
    FOREIGN KEY (reply_id, line) REFERENCES payment_status (reply_id, line)
);

CREATE FUNCTION payment_return_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM instruction
                    WHERE instruction_id = NEW.instruction_id AND direction = 'PAY'
                      AND status = 'RETURNED' AND currency = NEW.currency
                      AND NEW.amount_minor <= amount_minor) THEN
        RAISE EXCEPTION 'what comes back is what was paid, or less'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'returned_is_what_was_paid',
                  TABLE = 'payment_return';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER returned_is_what_was_paid AFTER INSERT ON payment_return
    FOR EACH ROW EXECUTE FUNCTION payment_return_guard();

-- Nobody says that a payment came back, and not how much of it.
CREATE FUNCTION instruction_return_check() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM payment_return WHERE instruction_id = NEW.instruction_id) THEN
        RAISE EXCEPTION 'a payment that came back says how much of it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_return_says_how_much',
                  TABLE = 'instruction';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER a_return_says_how_much AFTER UPDATE OF status ON instruction
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'RETURNED')
    EXECUTE FUNCTION instruction_return_check();

-- ---- what we expect, and how it is booked ----

-- The item of a return stands beside that of its payment: both are booked by the bank.
ALTER TABLE expected_item
    ADD COLUMN return_id uuid UNIQUE REFERENCES payment_return,
    DROP CONSTRAINT expected_item_has_one_origin,
    ADD CONSTRAINT expected_item_has_one_origin
        CHECK (num_nonnulls(instruction_id, opening_id, return_id) = 1);

CREATE FUNCTION return_item_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM payment_return JOIN instruction USING (instruction_id)
                    WHERE return_id = NEW.return_id AND window_id = NEW.window_id
                      AND instruction.account_id = NEW.account_id
                      AND payment_return.amount_minor = NEW.amount_minor
                      AND payment_return.currency = NEW.currency) THEN
        RAISE EXCEPTION 'a return is expected on the account that paid, to the last unit'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'expected_is_what_was_returned',
                  TABLE = 'expected_item';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER expected_is_what_was_returned AFTER INSERT ON expected_item
    FOR EACH ROW WHEN (NEW.return_id IS NOT NULL) EXECUTE FUNCTION return_item_guard();

--   BANK_CHARGES  what banks kept of payments that came back
--   SUSPENSE      what two people decided to settle in another way than by instruction
ALTER TABLE account DROP CONSTRAINT account_kind_known;
ALTER TABLE account ADD CONSTRAINT account_kind_known
    CHECK (kind IN ('NOSTRO', 'OBLIGATION', 'OPENING', 'FEE_INCOME', 'TAX_PAYABLE', 'BANK_CHARGES',
                    'SUSPENSE'));
INSERT INTO account_kind
VALUES ('BANK_CHARGES', 'DEBIT', 'what banks kept of payments that came back'),
       ('SUSPENSE', 'EITHER', 'what is settled in another way than by instruction');

-- Our own account of a kind in a currency, made when it is wanted first.
CREATE FUNCTION own_account(of_kind text, of_currency char(3)) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
DECLARE
    found integer;
BEGIN
    IF of_kind NOT IN ('BANK_CHARGES', 'SUSPENSE') THEN
        RAISE EXCEPTION 'no account of kind % is made here', of_kind
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO account (code, kind, currency)
    VALUES (of_kind || ':' || of_currency, of_kind, of_currency)
        ON CONFLICT (code) DO NOTHING;
    SELECT account_id INTO STRICT found
      FROM account WHERE code = of_kind || ':' || of_currency AND kind = of_kind;
    RETURN found;
END
$$;

-- ---- once more, by approval ----

-- A returned attempt is as little in the way of the next one as a rejected one:
-- tests/sql/payment_return.sql shows why the key had to let it.
DROP INDEX i3_one_live_attempt;
CREATE UNIQUE INDEX i3_one_live_attempt
    ON instruction (window_id, participant_id, counterparty_id, direction)
 WHERE status NOT IN ('REJECTED', 'RETURNED');

-- What waits to be instructed again: rejected and withdrawn, or returned and booked, and no attempt
-- after it.
CREATE OR REPLACE VIEW rejected_instruction AS
    SELECT instruction.instruction_id, instruction.window_id, instruction.participant_id,
           instruction.counterparty_id, instruction.direction, instruction.account_id,
           instruction.amount_minor, instruction.currency, instruction.settlement_date,
           instruction.end_to_end_id, instruction.status, instruction.commit_id,
           instruction.attempt, undone.reason, undone.withdrawn_on
      FROM instruction
      JOIN (SELECT instruction_id, reason, withdrawn_on FROM withdrawal
            UNION ALL
            SELECT payment_return.instruction_id, reason, item.book_date
              FROM payment_return
              JOIN expected_item AS item USING (return_id)) AS undone USING (instruction_id)
     WHERE NOT EXISTS (SELECT FROM instruction AS later
                        WHERE later.window_id = instruction.window_id
                          AND later.participant_id = instruction.participant_id
                          AND later.counterparty_id = instruction.counterparty_id
                          AND later.direction = instruction.direction
                          AND later.attempt > instruction.attempt);

CREATE OR REPLACE FUNCTION instruction_attempt_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM instruction AS before
                     JOIN settlement_window AS w ON w.window_id = before.window_id
                    WHERE before.window_id = NEW.window_id
                      AND before.participant_id = NEW.participant_id
                      AND before.counterparty_id = NEW.counterparty_id
                      AND before.direction = NEW.direction
                      AND before.attempt = NEW.attempt - 1
                      AND (before.status = 'REJECTED'
                           AND EXISTS (SELECT FROM withdrawal
                                        WHERE instruction_id = before.instruction_id)
                           OR before.status = 'RETURNED'
                           AND EXISTS (SELECT FROM payment_return
                                         JOIN expected_item USING (return_id)
                                        WHERE payment_return.instruction_id
                                              = before.instruction_id))
                      AND before.amount_minor = NEW.amount_minor
                      AND before.currency = NEW.currency AND before.account_id = NEW.account_id
                      AND w.state = 'REOPENED'
                      AND NOT is_contradicted(before.instruction_id)) THEN
        RAISE EXCEPTION 'another attempt repeats one that was undone, in a reopened window'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'i3_attempt_follows_a_rejected_one',
                  TABLE = 'instruction';
    END IF;
    RETURN NULL;
END
$$;

-- Money comes back after its window was settled, too.
INSERT INTO window_transition VALUES
    ('SETTLED', 'FAILED', 'settle_return');

-- ---- what stays, and who may what ----

CREATE TRIGGER payment_returns_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_return
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON payment_return TO sawa_relay;
GRANT SELECT ON payment_return
    TO sawa_settle, sawa_maker, sawa_checker, sawa_reader;
GRANT EXECUTE ON FUNCTION own_account(text, char) TO sawa_settle;

RESET ROLE;
COMMIT;
