-- Deploy sawa:contradiction to pg
-- requires: suspense refusals outbox_status
-- A bank that says the opposite of what was final has opened a break. Two people say which of its
-- words is true: by its own, asked for and kept as evidence; never by themselves, nor by a program.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

-- ---- a contradiction is a break ----

-- It is about an instruction, and names the line of the answer that says otherwise: the expected
-- item may be a break of its own beside it.
ALTER TABLE break_item
    ADD COLUMN instruction_id uuid REFERENCES instruction,
    ADD COLUMN reply_id       bigint,
    ADD COLUMN reply_line     integer,
    ADD FOREIGN KEY (reply_id, reply_line) REFERENCES payment_status (reply_id, line),
    ADD CONSTRAINT a_contradiction_is_one_break UNIQUE (reply_id, reply_line),
    ADD CONSTRAINT a_contradiction_names_its_answer
        CHECK (num_nonnulls(instruction_id, reply_id, reply_line)
               = CASE type WHEN 'contradiction' THEN 3 ELSE 0 END),
    DROP CONSTRAINT break_item_is_one_thing,
    ADD CONSTRAINT break_item_is_one_thing
        CHECK (num_nonnulls(expected_item_id, entry_id, instruction_id) = 1),
    DROP CONSTRAINT break_item_type_check,
    ADD CONSTRAINT break_type_known CHECK (type IN (
        'missing_at_bank', 'missing_in_books', 'amount', 'currency', 'date', 'duplicate_at_bank',
        'duplicate_in_books', 'fee_variance', 'fx_variance', 'direction', 'ambiguous', 'returned',
        'unidentified_receipt', 'contradiction'));
CREATE INDEX break_instruction ON break_item (instruction_id) WHERE instruction_id IS NOT NULL;

-- Signed as its item: money in is above zero. Opened on the day on which we were told.
CREATE FUNCTION contradiction_open(of_reply bigint, of_line integer) RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
    INSERT INTO break_item (account_id, instruction_id, reply_id, reply_line, type, digest,
                            amount_minor, currency, opened_on, opened_commit_id)
    SELECT instruction.account_id, instruction_id, reply_id, line, 'contradiction',
           md5('contradiction/' || reply_id || '/' || line)::uuid,
           CASE direction WHEN 'PAY' THEN - amount_minor ELSE amount_minor END,
           instruction.currency, (reply.read_at AT TIME ZONE 'UTC')::date, reply.commit_id
      FROM payment_status AS said
      JOIN payment_reply AS reply USING (reply_id)
      JOIN instruction USING (instruction_id)
     WHERE reply_id = of_reply AND line = of_line
$$;
DO $$
BEGIN
    PERFORM contradiction_open(reply_id, line)
       FROM payment_status
      WHERE outcome = 'CONTRADICTS' AND instruction_id IS NOT NULL;
END
$$;

CREATE FUNCTION contradiction_begin() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    PERFORM contradiction_open(NEW.reply_id, NEW.line);
    RETURN NULL;
END
$$;
CREATE TRIGGER a_contradiction_opens_a_break AFTER INSERT ON payment_status
    FOR EACH ROW WHEN (NEW.outcome = 'CONTRADICTS' AND NEW.instruction_id IS NOT NULL)
    EXECUTE FUNCTION contradiction_begin();

-- Nobody opens one of what no bank said, whatever his right to open breaks.
CREATE FUNCTION contradiction_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM payment_status AS said
                    WHERE said.reply_id = NEW.reply_id AND said.line = NEW.reply_line
                      AND said.instruction_id = NEW.instruction_id
                      AND said.outcome = 'CONTRADICTS') THEN
        RAISE EXCEPTION 'a contradiction is what a bank said of that instruction'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_contradiction_is_what_was_said',
                  TABLE = 'break_item';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER a_contradiction_is_what_was_said AFTER INSERT ON break_item
    FOR EACH ROW WHEN (NEW.instruction_id IS NOT NULL) EXECUTE FUNCTION contradiction_guard();

-- It stands until its break is resolved.
CREATE OR REPLACE FUNCTION is_contradicted(of_instruction uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
    SELECT EXISTS (SELECT FROM payment_status AS said
                     LEFT JOIN break_item AS broken
                       ON (broken.reply_id, broken.reply_line) = (said.reply_id, said.line)
                    WHERE said.instruction_id = of_instruction AND said.outcome = 'CONTRADICTS'
                      AND broken.state IS DISTINCT FROM 'RESOLVED')
$$;

-- ---- what two people say about it ----

-- What follows, by what was final and what the bank did; null: nobody decides that.
--
--   known      PAID                                      NOT_PAID
--   REJECTED   RESTORED: made after all, while it waits  STANDS: it may be instructed again
--              STANDS: where it was settled outside
--   SETTLED    STANDS                                    REJECTED: while no statement has it
--   RETURNED   STANDS: it was made, and came back        -
--
-- A rejected payment of which another attempt was made cannot be PAID: that would be two.
CREATE FUNCTION ruling_effect(of_instruction uuid, for_outcome text) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
    SELECT CASE
           WHEN NOT is_contradicted(instruction_id) THEN NULL
           WHEN (status, for_outcome) = ('REJECTED', 'PAID') THEN
                CASE WHEN EXISTS (SELECT FROM rejected_instruction AS one
                                   WHERE one.instruction_id = of_instruction) THEN 'RESTORED'
                     WHEN EXISTS (SELECT FROM abandoned_instruction AS outside
                                   WHERE outside.instruction_id = of_instruction) THEN 'STANDS'
                END
           WHEN (status, for_outcome) = ('REJECTED', 'NOT_PAID') THEN 'STANDS'
           WHEN (status, for_outcome) = ('SETTLED', 'NOT_PAID') THEN
                CASE WHEN EXISTS (SELECT FROM expected_item AS item
                                   WHERE item.instruction_id = of_instruction AND item.is_open)
                     THEN 'REJECTED' END
           WHEN status IN ('SETTLED', 'RETURNED') AND for_outcome = 'PAID' THEN 'STANDS'
           END
      FROM instruction
     WHERE instruction_id = of_instruction
$$;

-- Everything the bank ever said about it, and what is made of that.
CREATE FUNCTION ruling_digest(of_instruction uuid, for_outcome text, by_evidence text)
    RETURNS bytea
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
    SELECT sha256(convert_to(
               format('rule %s %s %s %s %s %s %L;', ruling_effect(of_instruction, for_outcome),
                      for_outcome, instruction_id, status, amount_minor, currency, by_evidence)
               || (SELECT string_agg(format('%s %s %s %s %s;', encode(reply.digest, 'hex'), line,
                                            said.status, said.reason, said.outcome),
                                     '' ORDER BY reply.reply_id, line)
                     FROM payment_status AS said
                     JOIN payment_reply AS reply USING (reply_id)
                    WHERE said.instruction_id = of_instruction), 'UTF8'))
      FROM instruction
     WHERE instruction_id = of_instruction
       AND ruling_effect(of_instruction, for_outcome) IS NOT NULL
$$;

CREATE TABLE ruling (
    ruling_id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    instruction_id uuid        NOT NULL REFERENCES instruction,
    outcome        text        NOT NULL CHECK (outcome IN ('PAID', 'NOT_PAID')),
    evidence       text        NOT NULL, -- the bank's word, and where it is kept
    digest         bytea       NOT NULL,
    maker          text        NOT NULL DEFAULT session_user,
    proposed_by    text        NOT NULL DEFAULT '', -- the person, where a login is shared
    proposed_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    approve_until  timestamptz NOT NULL DEFAULT clock_timestamp() + interval '24 hours',
    commit_id      bigint      NOT NULL REFERENCES commit_log,
    CONSTRAINT ruling_names_its_evidence CHECK (evidence ~ '\S'),
    CONSTRAINT maker_of_a_ruling UNIQUE (ruling_id, maker, proposed_by)
);
CREATE INDEX ruling_instruction ON ruling (instruction_id);

CREATE TABLE ruling_approval (
    ruling_id      bigint      PRIMARY KEY,
    digest         bytea       NOT NULL,
    maker          text        NOT NULL,
    proposed_by    text        NOT NULL,
    checker        text        NOT NULL DEFAULT session_user,
    approved_by    text        NOT NULL DEFAULT '',
    approved_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    transaction_id xid8        NOT NULL DEFAULT pg_current_xact_id(),
    effect         text        NOT NULL CHECK (effect IN ('STANDS', 'RESTORED', 'REJECTED')),
    booked_on      date        NOT NULL, -- the corridor's open business date; both by a trigger
    commit_id      bigint      NOT NULL REFERENCES commit_log,
    CONSTRAINT who_rules_does_not_approve
        CHECK (maker <> checker AND (proposed_by = '' OR proposed_by <> approved_by)),
    CONSTRAINT a_commit_rules_once UNIQUE (commit_id),
    CONSTRAINT ruling_approver_names_the_maker FOREIGN KEY (ruling_id, maker, proposed_by)
        REFERENCES ruling (ruling_id, maker, proposed_by)
);

-- Whether the transaction at hand decides that of an instruction. A restored database counts its
-- transactions anew: so the decision must be younger than the transaction, too.
CREATE FUNCTION is_ruled(of_instruction uuid, to_effect text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
    SELECT EXISTS (SELECT FROM ruling_approval AS approval
                     JOIN ruling USING (ruling_id)
                    WHERE instruction_id = of_instruction
                      AND (to_effect IS NULL OR approval.effect = to_effect)
                      AND transaction_id = pg_current_xact_id() AND approved_at >= now())
$$;

CREATE FUNCTION ruling_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NEW.digest IS NULL OR NEW.digest IS DISTINCT FROM
       ruling_digest(NEW.instruction_id, NEW.outcome, NEW.evidence) THEN
        RAISE EXCEPTION 'only what a bank contradicts is ruled about, and only so'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ruled_is_what_is_contradicted',
                  TABLE = 'ruling';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER ruled_is_what_is_contradicted BEFORE INSERT ON ruling
    FOR EACH ROW EXECUTE FUNCTION ruling_guard();

-- The instruction's row is locked: an answer that is read meanwhile waits, or is seen.
CREATE FUNCTION ruling_approval_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
DECLARE
    asked ruling;
    of_window bigint;
BEGIN
    SELECT * INTO asked FROM ruling WHERE ruling_id = NEW.ruling_id;
    SELECT window_id INTO of_window
      FROM instruction WHERE instruction_id = asked.instruction_id FOR UPDATE;
    IF NEW.digest IS DISTINCT FROM asked.digest OR NEW.digest IS DISTINCT FROM
       ruling_digest(asked.instruction_id, asked.outcome, asked.evidence) THEN
        RAISE EXCEPTION 'the approval is about something else than the bank said'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ruling_approves_what_is_said',
                  TABLE = 'ruling_approval';
    END IF;
    IF clock_timestamp() > asked.approve_until THEN
        RAISE EXCEPTION 'the time to approve this is over'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ruling_is_approved_in_time',
                  TABLE = 'ruling_approval';
    END IF;
    NEW.effect := ruling_effect(asked.instruction_id, asked.outcome);
    NEW.booked_on := booking_day(of_window, (SELECT withdrawn_on FROM withdrawal
                                              WHERE instruction_id = asked.instruction_id),
                                 clock_timestamp());
    RETURN NEW;
END
$$;
CREATE TRIGGER ruling_approves_what_is_said BEFORE INSERT ON ruling_approval
    FOR EACH ROW EXECUTE FUNCTION ruling_approval_guard();

-- Where an instruction went by a ruling is told as the relay tells it by an answer
-- (workers/relay/sql/announce_status.sql), under a name of the ruling: it may have been there
-- before.
CREATE FUNCTION ruling_announce(of_ruling bigint) RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
    INSERT INTO outbox (event_name, event_type, event_key, corridor, payload, commit_id)
    SELECT concat_ws('/', 'instruction_status', one.instruction_id, one.status, 'ruling',
                     ruling_id),
           'instruction_status', one.window_id::text, corridor.code,
           json_build_object(
               'window_id', one.window_id::text, 'instruction_id', one.instruction_id,
               'end_to_end_id', one.end_to_end_id, 'attempt', one.attempt, 'status', one.status,
               'reason', NULL, 'message_id', payment_file.message_id, 'returned_amount', NULL,
               'currency', one.currency)::text,
           approval.commit_id
      FROM ruling_approval AS approval
      JOIN ruling USING (ruling_id)
      JOIN instruction AS one USING (instruction_id)
      JOIN payment_file_item AS item ON item.instruction_id = one.instruction_id
                                    AND NOT item.cancelled
      JOIN payment_file USING (file_id)
      JOIN settlement_window AS w ON w.window_id = one.window_id
      JOIN corridor ON corridor.corridor_id = w.corridor_id
                   AND corridor.version = w.corridor_version
     WHERE ruling_id = of_ruling AND approval.effect <> 'STANDS'
       AND EXISTS (SELECT FROM outbox_destination)
$$;

-- Its breaks are closed, along their arrows, and the instruction is where the bank's word puts it.
CREATE FUNCTION ruling_enter() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
DECLARE
    of_instruction uuid := (SELECT instruction_id FROM ruling WHERE ruling_id = NEW.ruling_id);
    next_state text;
BEGIN
    FOREACH next_state IN ARRAY ARRAY['ASSIGNED', 'PROPOSED', 'APPROVED'] LOOP
        UPDATE break_item SET state = next_state
         WHERE instruction_id = of_instruction AND state <> 'RESOLVED';
    END LOOP;
    UPDATE break_item
       SET state = 'RESOLVED', closed_commit_id = NEW.commit_id,
           closed_on = greatest(opened_on, (NEW.approved_at AT TIME ZONE 'UTC')::date)
     WHERE instruction_id = of_instruction AND state <> 'RESOLVED';
    UPDATE instruction
       SET status = CASE NEW.effect WHEN 'RESTORED' THEN 'SETTLED' ELSE 'REJECTED' END
     WHERE instruction_id = of_instruction AND NEW.effect <> 'STANDS';
    PERFORM ruling_announce(NEW.ruling_id);
    RETURN NULL;
END
$$;
CREATE TRIGGER a_ruling_resolves_its_breaks AFTER INSERT ON ruling_approval
    FOR EACH ROW EXECUTE FUNCTION ruling_enter();

-- ---- arrows ----

-- See payment_return; and two arrows that two people go.
CREATE OR REPLACE FUNCTION instruction_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NOT ((OLD.status, NEW.status) IN (('PENDING', 'SENT'), ('SENT', 'ACCEPTED'),
                                         ('SENT', 'SETTLED'), ('SENT', 'REJECTED'),
                                         ('ACCEPTED', 'SETTLED'), ('ACCEPTED', 'REJECTED'),
                                         ('SENT', 'RETURNED'), ('ACCEPTED', 'RETURNED'),
                                         ('SETTLED', 'RETURNED'))
            OR ((OLD.status, NEW.status) = ('REJECTED', 'SETTLED')
                AND is_ruled(NEW.instruction_id, 'RESTORED'))
            OR ((OLD.status, NEW.status) = ('SETTLED', 'REJECTED')
                AND is_ruled(NEW.instruction_id, 'REJECTED'))) THEN
        RAISE EXCEPTION 'an instruction does not move from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'instruction_moves_forward',
                  TABLE = 'instruction';
    END IF;
    RETURN NEW;
END
$$;

-- See refusals. A contradiction moves, by whatever role, in the transaction of its ruling alone,
-- and no other break is APPROVED: of those nothing keeps yet who the second person was.
CREATE OR REPLACE FUNCTION break_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NOT ((OLD.state = NEW.state AND OLD.state <> 'RESOLVED')
            OR (OLD.state, NEW.state) IN (('OPEN', 'ASSIGNED'), ('ASSIGNED', 'PROPOSED'),
                                          ('PROPOSED', 'ASSIGNED'), ('OPEN', 'RESOLVED'),
                                          ('ASSIGNED', 'RESOLVED'), ('PROPOSED', 'RESOLVED'),
                                          ('APPROVED', 'RESOLVED'))
            OR ((OLD.state, NEW.state) = ('PROPOSED', 'APPROVED')
                AND NEW.instruction_id IS NOT NULL)) THEN
        RAISE EXCEPTION 'a break does not move from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'break_moves_forward',
                  TABLE = 'break_item';
    END IF;
    IF coalesce(NEW.instruction_id, OLD.instruction_id) IS NOT NULL
       AND NOT is_ruled(OLD.instruction_id, NULL) THEN
        RAISE EXCEPTION 'a contradiction is resolved by two people'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'contradictions_move_by_ruling',
                  TABLE = 'break_item';
    END IF;
    RETURN NEW;
END
$$;

-- What waits to be instructed again is undone still: see abandonment.
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
     WHERE instruction.status IN ('REJECTED', 'RETURNED')
       AND NOT EXISTS (SELECT FROM abandoned_instruction AS settled
                        WHERE settled.instruction_id = instruction.instruction_id)
       AND NOT EXISTS (SELECT FROM instruction AS later
                        WHERE later.window_id = instruction.window_id
                          AND later.participant_id = instruction.participant_id
                          AND later.counterparty_id = instruction.counterparty_id
                          AND later.direction = instruction.direction
                          AND later.event_id = instruction.event_id
                          AND later.attempt > instruction.attempt);

-- A payment that was made after all: nothing of it waits any more.
CREATE OR REPLACE FUNCTION window_abandon_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM rejected_instruction WHERE window_id = NEW.window_id)
       OR NOT (EXISTS (SELECT FROM abandoned_instruction WHERE window_id = NEW.window_id)
               OR EXISTS (SELECT FROM ruling
                            JOIN ruling_approval USING (ruling_id)
                            JOIN instruction USING (instruction_id)
                           WHERE window_id = NEW.window_id AND effect = 'RESTORED')) THEN
        RAISE EXCEPTION 'something of this window waits to be decided'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_window_goes_on_when_all_is_decided',
                  TABLE = 'settlement_window';
    END IF;
    RETURN NULL;
END
$$;

-- ---- made after all: booked, and expected, once more ----

-- The withdrawn item stays withdrawn; another one stands from the day of the ruling on, so that
-- every day before is as it was (I10).
ALTER TABLE expected_item
    ADD COLUMN ruling_id bigint UNIQUE REFERENCES ruling_approval,
    DROP CONSTRAINT expected_item_has_one_origin,
    ADD CONSTRAINT expected_item_has_one_origin
        CHECK (num_nonnulls(instruction_id, opening_id, return_id, prefunding_id, clearing_id,
                            ruling_id) = 1);

-- As book.c books an instruction: debit what pays, credit what is paid.
CREATE VIEW ruling_booking AS
    SELECT ruling_id, approval.commit_id, instruction.instruction_id, instruction.window_id,
           instruction.participant_id, instruction.direction, instruction.amount_minor,
           instruction.currency, instruction.settlement_date, instruction.end_to_end_id,
           approval.booked_on, instruction.account_id,
           CASE instruction.direction WHEN 'PAY' THEN owed.account_id
                                      ELSE instruction.account_id END AS debit_account_id,
           CASE instruction.direction WHEN 'PAY' THEN instruction.account_id
                                      ELSE owed.account_id END AS credit_account_id
      FROM ruling_approval AS approval
      JOIN ruling USING (ruling_id)
      JOIN instruction USING (instruction_id)
      JOIN account AS owed ON owed.kind = 'OBLIGATION'
                          AND owed.participant_id = instruction.participant_id
                          AND owed.currency = instruction.currency
     WHERE approval.effect = 'RESTORED';

CREATE FUNCTION ruling_booking_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ruling_booking AS booking
                     JOIN journal_entry AS entry
                    USING (commit_id, debit_account_id, credit_account_id, amount_minor, currency,
                           window_id)
                     JOIN expected_item AS item ON item.ruling_id = booking.ruling_id
                    WHERE booking.ruling_id = NEW.ruling_id AND entry.line = 1
                      AND entry.booking_date = booking.booked_on) THEN
        RAISE EXCEPTION 'what was made after all is booked and expected in the same transaction'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'i2_ruling_is_booked',
                  TABLE = 'ruling_approval';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER i2_ruling_is_booked AFTER INSERT ON ruling_approval
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.effect = 'RESTORED')
    EXECUTE FUNCTION ruling_booking_guard();

CREATE FUNCTION ruling_item_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ruling_booking AS booking
                    WHERE booking.ruling_id = NEW.ruling_id AND booking.commit_id = NEW.commit_id
                      AND booking.window_id = NEW.window_id AND booking.currency = NEW.currency
                      AND booking.account_id = NEW.account_id
                      AND booking.booked_on = NEW.book_date
                      AND NEW.amount_minor = CASE direction WHEN 'PAY' THEN - booking.amount_minor
                                                            ELSE booking.amount_minor END) THEN
        RAISE EXCEPTION 'what was made after all is expected as it was, to the last unit'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'expected_is_what_was_ruled',
                  TABLE = 'expected_item';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER expected_is_what_was_ruled AFTER INSERT ON expected_item
    FOR EACH ROW WHEN (NEW.ruling_id IS NOT NULL) EXECUTE FUNCTION ruling_item_guard();

-- See checker_entry and suspense: the approvals a checker books by, and this one.
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
                             booking.amount_minor))
           AND NOT EXISTS (
                   SELECT FROM ruling_approval AS approval
                     JOIN ruling_booking AS booking USING (ruling_id)
                    WHERE approval.commit_id = added.commit_id
                      AND approval.transaction_id = pg_current_xact_id() AND added.line = 1
                      AND added.booking_date = booking.booked_on
                      AND (added.debit_account_id, added.credit_account_id, added.amount_minor,
                           added.window_id)
                          = (booking.debit_account_id, booking.credit_account_id,
                             booking.amount_minor, booking.window_id))) THEN
        RAISE EXCEPTION 'a checker books what an approval of the same transaction says'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'i2_checkers_book_by_approval',
                  TABLE = 'journal_entry';
    END IF;
    RETURN NULL;
END
$$;

-- ---- what stays, and who may what ----

CREATE TRIGGER rulings_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON ruling
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ruling_approvals_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON ruling_approval
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT ON break_item TO sawa_relay, sawa_settle;
GRANT SELECT ON ruling, ruling_approval, ruling_booking
    TO sawa_settle, sawa_maker, sawa_checker, sawa_reader;
GRANT SELECT ON ruling_booking TO sawa_reconcile;
GRANT INSERT (instruction_id, outcome, evidence, digest, proposed_by, commit_id)
    ON ruling TO sawa_maker, sawa_checker;
GRANT INSERT (ruling_id, digest, maker, proposed_by, approved_by, commit_id)
    ON ruling_approval TO sawa_checker;
GRANT EXECUTE ON FUNCTION ruling_digest(uuid, text, text) TO sawa_maker, sawa_checker;
GRANT EXECUTE ON FUNCTION ruling_effect(uuid, text)
    TO sawa_settle, sawa_maker, sawa_checker, sawa_reader;
GRANT EXECUTE ON FUNCTION is_contradicted(uuid) TO sawa_reader;

RESET ROLE;
COMMIT;
