-- Deploy sawa:suspense to pg
-- requires: checker_entry booking_day fx_settlement
-- What stands on a suspense account is cleared by two people: each payment that was settled outside
-- for itself, in one amount or in several, never beyond what is left of it.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

-- ---- against what ----

--   GAIN_LOSS  what nobody pays any more, or claims: by two people, apart from what FX locks bring
ALTER TABLE account DROP CONSTRAINT account_kind_known;
ALTER TABLE account ADD CONSTRAINT account_kind_known
    CHECK (kind IN ('NOSTRO', 'OBLIGATION', 'OPENING', 'FEE_INCOME', 'TAX_PAYABLE', 'BANK_CHARGES',
                    'SUSPENSE', 'PREFUNDING', 'FX_POSITION', 'FX_GAIN_LOSS', 'GAIN_LOSS'));
INSERT INTO account_kind
VALUES ('GAIN_LOSS', 'EITHER', 'what two people wrote off (debit) or kept (credit)');

-- The purpose is the kind of the account on the other side. Nothing else explains what was settled
-- outside: fees, taxes and FX have entries that windows prove, and must not get others.
CREATE TABLE suspense_purpose (
    purpose text PRIMARY KEY,
    meaning text NOT NULL
);
INSERT INTO suspense_purpose VALUES
    ('NOSTRO', 'money moves on an account of ours, and is expected on its statement'),
    ('OBLIGATION', 'the participant owes it, or is owed it, again'),
    ('BANK_CHARGES', 'a bank kept it, or the participant bears what a bank kept'),
    ('GAIN_LOSS', 'nobody pays it any more, or claims it: it is ours');

CREATE OR REPLACE FUNCTION own_account(of_kind text, of_currency char(3)) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
DECLARE
    found integer;
BEGIN
    IF of_kind NOT IN ('BANK_CHARGES', 'SUSPENSE', 'GAIN_LOSS') THEN
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

-- ---- what is left ----

-- Moved by the triggers below and by nobody else: no role may write here.
CREATE TABLE suspense_balance (
    instruction_id uuid   PRIMARY KEY REFERENCES abandoned_instruction,
    left_minor     bigint NOT NULL,
    CONSTRAINT i3_suspense_is_cleared_once CHECK (left_minor >= 0)
);
INSERT INTO suspense_balance
SELECT instruction_id, amount_minor
  FROM abandoned_instruction
  JOIN instruction USING (instruction_id);

CREATE FUNCTION suspense_begin() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    INSERT INTO suspense_balance
    SELECT instruction_id, amount_minor FROM instruction WHERE instruction_id = NEW.instruction_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER suspense_begins AFTER INSERT ON abandoned_instruction
    FOR EACH ROW EXECUTE FUNCTION suspense_begin();

-- PAY: we owe it to somebody outside (a credit on the suspense account); COLLECT: it is owed to us.
CREATE VIEW suspense_item AS
    SELECT outside.instruction_id, outside.window_id, instruction.participant_id,
           participant.code AS participant, instruction.direction, instruction.amount_minor,
           balance.left_minor, instruction.currency, outside.account_id, outside.booked_on,
           commit_log.committed_at AS since, outside.commit_id, instruction.end_to_end_id,
           abandonment.reason
      FROM abandoned_instruction AS outside
      JOIN suspense_balance AS balance USING (instruction_id)
      JOIN instruction USING (instruction_id)
      JOIN participant USING (participant_id)
      JOIN abandonment ON abandonment.abandonment_id = outside.abandonment_id
      JOIN commit_log ON commit_log.commit_id = outside.commit_id;

-- ---- proposed and approved ----

-- What two people decide about, and what is left before it. Null: that much is not left, or the
-- account is none of ours at a bank in that currency.
CREATE FUNCTION suspense_digest(of_instruction uuid, minor bigint, for_purpose text,
                                on_account integer, on_date date, with_reference text,
                                for_reason text) RETURNS bytea
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
    SELECT sha256(convert_to(format('clear %s of %s %s %s as %s %s %s %L %L;', minor, left_minor,
                                    one.currency, instruction_id, for_purpose,
                                    coalesce(account.code, '-'),
                                    coalesce(to_char(on_date, 'YYYY-MM-DD'), '-'), with_reference,
                                    for_reason), 'UTF8'))
      FROM suspense_item AS one
      LEFT JOIN account ON account.account_id = on_account AND account.kind = 'NOSTRO'
                       AND account.currency = one.currency
     WHERE instruction_id = of_instruction AND minor BETWEEN 1 AND left_minor
       AND (on_account IS NULL OR account.account_id IS NOT NULL)
$$;

CREATE TABLE suspense_clearing (
    clearing_id    bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    instruction_id uuid        NOT NULL REFERENCES abandoned_instruction,
    amount_minor   bigint      NOT NULL,
    purpose        text        NOT NULL REFERENCES suspense_purpose,
    account_id     integer     REFERENCES account, -- of ours at a bank, where money moves
    value_date     date, -- of that money
    reference      text        NOT NULL DEFAULT '', -- what the statement will name it by
    reason         text        NOT NULL,
    digest         bytea       NOT NULL,
    maker          text        NOT NULL DEFAULT session_user,
    proposed_by    text        NOT NULL DEFAULT '', -- the person, where a login is shared
    proposed_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    approve_until  timestamptz NOT NULL DEFAULT clock_timestamp() + interval '24 hours',
    commit_id      bigint      NOT NULL REFERENCES commit_log,
    CONSTRAINT clearing_gives_a_reason CHECK (reason ~ '\S'),
    CONSTRAINT money_that_moves_is_named
        CHECK ((purpose = 'NOSTRO') = (account_id IS NOT NULL)
               AND (purpose = 'NOSTRO') = (value_date IS NOT NULL)
               AND (purpose = 'NOSTRO') = (reference ~ '\S')),
    CONSTRAINT maker_of_a_clearing UNIQUE (clearing_id, maker, proposed_by)
);
CREATE INDEX suspense_clearing_instruction ON suspense_clearing (instruction_id);

CREATE TABLE suspense_clearing_approval (
    clearing_id bigint      PRIMARY KEY,
    digest      bytea       NOT NULL,
    maker       text        NOT NULL,
    proposed_by text        NOT NULL,
    checker     text        NOT NULL DEFAULT session_user,
    approved_by text        NOT NULL DEFAULT '',
    approved_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    account_id  integer     NOT NULL REFERENCES account, -- where it stands then; by a trigger
    booked_on   date        NOT NULL, -- the corridor's open business date; by a trigger
    commit_id   bigint      NOT NULL REFERENCES commit_log,
    CONSTRAINT who_clears_does_not_approve
        CHECK (maker <> checker AND (proposed_by = '' OR proposed_by <> approved_by)),
    CONSTRAINT a_commit_clears_once UNIQUE (commit_id),
    CONSTRAINT clearing_approver_names_the_maker
        FOREIGN KEY (clearing_id, maker, proposed_by)
        REFERENCES suspense_clearing (clearing_id, maker, proposed_by)
);

-- What we expect on the statement because of it.
ALTER TABLE expected_item
    ADD COLUMN clearing_id bigint UNIQUE REFERENCES suspense_clearing_approval,
    DROP CONSTRAINT expected_item_has_one_origin,
    ADD CONSTRAINT expected_item_has_one_origin
        CHECK (num_nonnulls(instruction_id, opening_id, return_id, prefunding_id,
                            clearing_id) = 1);

-- Before the row: what is asked for is there, or the digest is nothing.
CREATE FUNCTION suspense_clearing_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NEW.digest IS NULL
       OR NEW.digest IS DISTINCT FROM
          suspense_digest(NEW.instruction_id, NEW.amount_minor, NEW.purpose, NEW.account_id,
                          NEW.value_date, NEW.reference, NEW.reason) THEN
        RAISE EXCEPTION 'only what is left of a payment settled outside is cleared'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cleared_is_what_is_left',
                  TABLE = 'suspense_clearing';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER cleared_is_what_is_left BEFORE INSERT ON suspense_clearing
    FOR EACH ROW EXECUTE FUNCTION suspense_clearing_guard();

-- Whoever approves waits for another approval about the same payment, and then finds less left.
CREATE FUNCTION suspense_approval_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
DECLARE
    asked suspense_clearing;
    item suspense_item;
BEGIN
    SELECT * INTO asked FROM suspense_clearing WHERE clearing_id = NEW.clearing_id;
    PERFORM FROM suspense_balance WHERE instruction_id = asked.instruction_id FOR NO KEY UPDATE;
    IF NEW.digest IS DISTINCT FROM asked.digest
       OR NEW.digest IS DISTINCT FROM
          suspense_digest(asked.instruction_id, asked.amount_minor, asked.purpose,
                          asked.account_id, asked.value_date, asked.reference, asked.reason) THEN
        RAISE EXCEPTION 'the approval is about something else than is left'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'clearing_approves_what_is_left',
                  TABLE = 'suspense_clearing_approval';
    END IF;
    IF clock_timestamp() > asked.approve_until THEN
        RAISE EXCEPTION 'the time to approve this is over'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'clearing_is_approved_in_time',
                  TABLE = 'suspense_clearing_approval';
    END IF;
    SELECT * INTO item FROM suspense_item WHERE instruction_id = asked.instruction_id;
    NEW.booked_on := booking_day(item.window_id, item.booked_on, clock_timestamp());
    NEW.account_id := CASE asked.purpose
        WHEN 'NOSTRO' THEN asked.account_id
        WHEN 'OBLIGATION' THEN (SELECT account_id FROM account
                                 WHERE kind = 'OBLIGATION' AND currency = item.currency
                                   AND participant_id = item.participant_id)
        ELSE own_account(asked.purpose, item.currency) END;
    RETURN NEW;
END
$$;
CREATE TRIGGER clearing_approves_what_is_left BEFORE INSERT ON suspense_clearing_approval
    FOR EACH ROW EXECUTE FUNCTION suspense_approval_guard();

CREATE FUNCTION suspense_approval_enter() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    UPDATE suspense_balance AS balance SET left_minor = left_minor - asked.amount_minor
      FROM suspense_clearing AS asked
     WHERE asked.clearing_id = NEW.clearing_id
       AND balance.instruction_id = asked.instruction_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER suspense_is_cleared AFTER INSERT ON suspense_clearing_approval
    FOR EACH ROW EXECUTE FUNCTION suspense_approval_enter();

-- ---- and booked in the same transaction ----

-- What an approval books, to the last unit: the suspense account and the other one, by side.
CREATE VIEW suspense_booking AS
    SELECT clearing_id, approval.commit_id, asked.purpose, asked.amount_minor, item.currency,
           approval.booked_on, item.direction, item.participant_id, asked.value_date,
           asked.reference,
           CASE item.direction WHEN 'PAY' THEN item.account_id ELSE approval.account_id END
               AS debit_account_id,
           CASE item.direction WHEN 'PAY' THEN approval.account_id ELSE item.account_id END
               AS credit_account_id
      FROM suspense_clearing_approval AS approval
      JOIN suspense_clearing AS asked USING (clearing_id)
      JOIN suspense_item AS item USING (instruction_id);

CREATE FUNCTION suspense_booking_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM suspense_booking AS booking
                     JOIN journal_entry AS entry
                    USING (commit_id, debit_account_id, credit_account_id, amount_minor, currency)
                    WHERE booking.clearing_id = NEW.clearing_id AND entry.line = 1
                      AND entry.booking_date = booking.booked_on
                      AND (booking.purpose = 'NOSTRO')
                          = EXISTS (SELECT FROM expected_item AS item
                                     WHERE item.clearing_id = booking.clearing_id)) THEN
        RAISE EXCEPTION 'what is cleared is booked in the same transaction'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'i2_clearing_is_booked',
                  TABLE = 'suspense_clearing_approval';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER i2_clearing_is_booked AFTER INSERT ON suspense_clearing_approval
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION suspense_booking_guard();

CREATE FUNCTION clearing_item_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM suspense_booking AS booking
                    WHERE booking.clearing_id = NEW.clearing_id AND booking.purpose = 'NOSTRO'
                      AND booking.commit_id = NEW.commit_id
                      AND booking.currency = NEW.currency
                      AND booking.booked_on = NEW.book_date
                      AND (NEW.account_id, NEW.amount_minor)
                          = CASE booking.direction
                            WHEN 'PAY' THEN (booking.credit_account_id, - booking.amount_minor)
                            ELSE (booking.debit_account_id, booking.amount_minor) END) THEN
        RAISE EXCEPTION 'what is cleared through a bank is expected there, to the last unit'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'expected_is_what_is_cleared',
                  TABLE = 'expected_item';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER expected_is_what_is_cleared AFTER INSERT ON expected_item
    FOR EACH ROW WHEN (NEW.clearing_id IS NOT NULL) EXECUTE FUNCTION clearing_item_guard();

-- See checker_entry: the approvals a checker books by, and this one.
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

-- ---- what stays, and who may what ----

CREATE TRIGGER suspense_purposes_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON suspense_purpose
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER clearings_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON suspense_clearing
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER clearing_approvals_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON suspense_clearing_approval
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT ON suspense_purpose, suspense_balance, suspense_item, suspense_clearing,
                suspense_clearing_approval, suspense_booking
    TO sawa_settle, sawa_maker, sawa_checker, sawa_reader;
GRANT INSERT (instruction_id, amount_minor, purpose, account_id, value_date, reference, reason,
              digest, proposed_by, commit_id)
    ON suspense_clearing TO sawa_maker, sawa_checker;
GRANT INSERT (clearing_id, digest, maker, proposed_by, approved_by, commit_id)
    ON suspense_clearing_approval TO sawa_checker;
GRANT EXECUTE ON FUNCTION suspense_digest(uuid, bigint, text, integer, date, text, text)
    TO sawa_maker, sawa_checker;

RESET ROLE;
COMMIT;
