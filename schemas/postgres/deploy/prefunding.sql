-- Deploy sawa:prefunding to pg
-- requires: participant_limit
-- requires: payment_return
-- Money that participants place beforehand, and what closed windows take of it.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

--   PREFUNDING  what a participant has placed with us: we owe it, or a window's debit
ALTER TABLE account DROP CONSTRAINT account_kind_known;
ALTER TABLE account ADD CONSTRAINT account_kind_known
    CHECK (kind IN ('NOSTRO', 'OBLIGATION', 'OPENING', 'FEE_INCOME', 'TAX_PAYABLE', 'BANK_CHARGES',
                    'SUSPENSE', 'PREFUNDING'));
ALTER TABLE account DROP CONSTRAINT account_obligation_has_a_participant;
ALTER TABLE account ADD CONSTRAINT account_obligation_has_a_participant
    CHECK ((kind IN ('OBLIGATION', 'PREFUNDING')) = (participant_id IS NOT NULL));
INSERT INTO account_kind
VALUES ('PREFUNDING', 'CREDIT', 'what a participant has placed beforehand');

-- ---- placed and given back, by two people ----

CREATE TABLE prefunding (
    prefunding_id  bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    participant_id integer     NOT NULL REFERENCES participant,
    account_id     integer     NOT NULL REFERENCES account, -- of ours, at whose bank it arrives
    amount_minor   bigint      NOT NULL CHECK (amount_minor <> 0), -- below zero: given back
    currency       char(3)     NOT NULL,
    value_date     date        NOT NULL,
    reference      text        NOT NULL, -- what the statement will name it by
    reason         text        NOT NULL,
    maker          text        NOT NULL DEFAULT session_user,
    proposed_by    text        NOT NULL DEFAULT '', -- the person, where a login is shared
    proposed_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    approve_until  timestamptz NOT NULL DEFAULT clock_timestamp() + interval '24 hours',
    commit_id      bigint      NOT NULL REFERENCES commit_log,
    CONSTRAINT prefunding_gives_a_reason CHECK (reason ~ '\S'),
    CONSTRAINT maker_of_a_prefunding
        UNIQUE (prefunding_id, participant_id, amount_minor, currency, maker, proposed_by)
);
CREATE INDEX prefunding_participant ON prefunding (participant_id);

-- The approval repeats what it is about: that is what a second person answers for.
CREATE TABLE prefunding_approval (
    prefunding_id  bigint      PRIMARY KEY,
    participant_id integer     NOT NULL,
    amount_minor   bigint      NOT NULL,
    currency       char(3)     NOT NULL,
    maker          text        NOT NULL,
    proposed_by    text        NOT NULL,
    checker        text        NOT NULL DEFAULT session_user,
    approved_by    text        NOT NULL DEFAULT '',
    approved_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    commit_id      bigint      NOT NULL REFERENCES commit_log,
    CONSTRAINT who_places_does_not_approve
        CHECK (maker <> checker AND (proposed_by = '' OR proposed_by <> approved_by)),
    CONSTRAINT approved_is_what_was_placed
        FOREIGN KEY (prefunding_id, participant_id, amount_minor, currency, maker, proposed_by)
        REFERENCES prefunding (prefunding_id, participant_id, amount_minor, currency, maker,
                               proposed_by)
);

-- What we expect on the statement because of it.
ALTER TABLE expected_item
    ADD COLUMN prefunding_id bigint UNIQUE REFERENCES prefunding_approval,
    DROP CONSTRAINT expected_item_has_one_origin,
    ADD CONSTRAINT expected_item_has_one_origin
        CHECK (num_nonnulls(instruction_id, opening_id, return_id, prefunding_id) = 1);

-- ---- what windows take of it ----

CREATE TABLE prefunding_use (
    window_id       bigint  NOT NULL REFERENCES settlement_window,
    participant_id  integer NOT NULL REFERENCES participant,
    counterparty_id integer NOT NULL CHECK (counterparty_id >= 0), -- 0: the settlement agent
    amount_minor    bigint  NOT NULL CHECK (amount_minor > 0),
    currency        char(3) NOT NULL,
    commit_id       bigint  NOT NULL REFERENCES commit_log,
    CONSTRAINT i3_funded_once PRIMARY KEY (window_id, participant_id, counterparty_id)
);

-- ---- what is left ----

-- Moved by the triggers below and by nobody else: no role may write here.
CREATE TABLE prefunding_balance (
    participant_id integer NOT NULL REFERENCES participant,
    currency       char(3) NOT NULL,
    balance_minor  bigint  NOT NULL,
    CONSTRAINT i3_prefunding_is_spent_once CHECK (balance_minor >= 0),
    PRIMARY KEY (participant_id, currency)
);

CREATE FUNCTION prefunding_approval_enter() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF clock_timestamp() > (SELECT approve_until FROM prefunding
                             WHERE prefunding_id = NEW.prefunding_id) THEN
        RAISE EXCEPTION 'the time to approve this is over'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'prefunding_is_approved_in_time',
                  TABLE = 'prefunding_approval';
    END IF;
    INSERT INTO prefunding_balance VALUES (NEW.participant_id, NEW.currency, 0)
        ON CONFLICT DO NOTHING;
    UPDATE prefunding_balance SET balance_minor = balance_minor + NEW.amount_minor
     WHERE participant_id = NEW.participant_id AND currency = NEW.currency;
    RETURN NULL;
END
$$;
CREATE TRIGGER prefunding_is_approved_in_time AFTER INSERT ON prefunding_approval
    FOR EACH ROW EXECUTE FUNCTION prefunding_approval_enter();

CREATE FUNCTION prefunding_use_enter() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    UPDATE prefunding_balance SET balance_minor = balance_minor - NEW.amount_minor
     WHERE participant_id = NEW.participant_id AND currency = NEW.currency;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a window takes what was placed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'i3_prefunding_is_spent_once',
                  TABLE = 'prefunding_balance';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER prefunding_is_taken AFTER INSERT ON prefunding_use
    FOR EACH ROW EXECUTE FUNCTION prefunding_use_enter();

-- The books move with the balance: its account stands at what is left.
CREATE FUNCTION prefunding_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
DECLARE
    placed bigint := CASE TG_TABLE_NAME WHEN 'prefunding_use' THEN - NEW.amount_minor
                                        ELSE NEW.amount_minor END;
BEGIN
    IF NOT EXISTS (SELECT FROM journal_entry AS entry
                     JOIN account ON account.kind = 'PREFUNDING'
                                 AND account.participant_id = NEW.participant_id
                                 AND account.currency = NEW.currency
                    WHERE entry.commit_id = NEW.commit_id AND entry.amount_minor = abs(placed)
                      AND account.account_id = CASE WHEN placed > 0 THEN entry.credit_account_id
                                                    ELSE entry.debit_account_id END) THEN
        RAISE EXCEPTION 'what is placed or taken is booked in the same transaction'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'i2_prefunding_is_booked',
                  TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER i2_prefunding_is_booked AFTER INSERT ON prefunding_approval
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION prefunding_guard();
CREATE CONSTRAINT TRIGGER i2_prefunding_is_booked AFTER INSERT ON prefunding_use
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION prefunding_guard();

-- What participants have left, kept from others until the transaction ends: two corridors cannot
-- count on the same money. In order of participants, so that nobody waits in a circle.
CREATE FUNCTION prefunding_lock(of_participants integer[], in_currency text)
    RETURNS TABLE (participant_id integer, balance_minor bigint)
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
    SELECT balance.participant_id, balance.balance_minor
      FROM prefunding_balance AS balance
     WHERE balance.participant_id = ANY (of_participants) AND balance.currency = in_currency
     ORDER BY balance.participant_id
       FOR NO KEY UPDATE
$$;

-- ---- the proof of a window ----

ALTER TABLE net_proof
    ADD COLUMN prefunded_minor bigint, -- taken from balances
    DROP CONSTRAINT i2_instructed_is_what_is_left;
ALTER TABLE net_proof
    ADD CONSTRAINT i2_instructed_is_what_is_left
        CHECK (net_credit_minor::numeric - net_debit_minor
               + carried_in_credit_minor - carried_in_debit_minor
               = pay_minor::numeric - collect_minor - coalesce(prefunded_minor, 0)
                 + carried_out_credit_minor - carried_out_debit_minor);

CREATE FUNCTION net_proof_funds_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF (SELECT coalesce(sum(amount_minor), 0) FROM prefunding_use
         WHERE window_id = NEW.window_id) <> coalesce(NEW.prefunded_minor, 0) THEN
        RAISE EXCEPTION 'a window tells what it takes from balances'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'i3_what_is_taken_is_told',
                  TABLE = 'net_proof';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER i3_what_is_taken_is_told AFTER INSERT ON net_proof
    FOR EACH ROW EXECUTE FUNCTION net_proof_funds_guard();

-- ---- what stays; who may what ----

CREATE TRIGGER prefundings_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON prefunding
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER prefunding_approvals_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON prefunding_approval
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER prefunding_uses_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON prefunding_use
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT ON prefunding, prefunding_approval, prefunding_use, prefunding_balance
    TO sawa_settle, sawa_reconcile, sawa_report, sawa_maker, sawa_checker, sawa_reader;
GRANT INSERT ON prefunding_use TO sawa_settle;
GRANT INSERT (participant_id, account_id, amount_minor, currency, value_date, reference, reason,
              proposed_by, commit_id)
    ON prefunding TO sawa_maker, sawa_checker;
GRANT INSERT (prefunding_id, participant_id, amount_minor, currency, maker, proposed_by,
              approved_by, commit_id)
    ON prefunding_approval TO sawa_checker;
GRANT EXECUTE ON FUNCTION prefunding_lock(integer[], text) TO sawa_settle;

RESET ROLE;
COMMIT;
