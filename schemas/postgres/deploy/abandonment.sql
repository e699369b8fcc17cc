-- Deploy sawa:abandonment to pg
-- requires: payment_return
-- The other way out of FAILED: two people decide that a payment which was undone is not instructed
-- again, because it is settled in another way. Its obligation moves to the suspense account.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

-- What two people decide about: this payment, as it was tried last. Null: it does not wait.
CREATE FUNCTION abandonment_digest(of_instruction uuid) RETURNS bytea
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
    SELECT sha256(convert_to(format('abandon %s %s %s %s;', instruction_id, attempt, amount_minor,
                                    currency), 'UTF8'))
      FROM rejected_instruction
     WHERE instruction_id = of_instruction
$$;

CREATE TABLE abandonment (
    abandonment_id bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    instruction_id uuid        NOT NULL REFERENCES instruction,
    reason         text        NOT NULL, -- how it is settled instead
    digest         bytea       NOT NULL,
    maker          text        NOT NULL DEFAULT session_user,
    proposed_by    text        NOT NULL DEFAULT '', -- the person, where a login is shared
    proposed_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    approve_until  timestamptz NOT NULL DEFAULT clock_timestamp() + interval '24 hours',
    commit_id      bigint      NOT NULL REFERENCES commit_log,
    CONSTRAINT abandonment_gives_a_reason CHECK (reason ~ '\S'),
    CONSTRAINT maker_of_an_abandonment UNIQUE (abandonment_id, maker, proposed_by)
);
CREATE INDEX abandonment_instruction ON abandonment (instruction_id);

CREATE TABLE abandonment_approval (
    abandonment_id bigint      PRIMARY KEY,
    digest         bytea       NOT NULL,
    maker          text        NOT NULL,
    proposed_by    text        NOT NULL,
    checker        text        NOT NULL DEFAULT session_user,
    approved_by    text        NOT NULL DEFAULT '',
    approved_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    commit_id      bigint      NOT NULL REFERENCES commit_log,
    CONSTRAINT who_abandons_does_not_approve
        CHECK (maker <> checker AND (proposed_by = '' OR proposed_by <> approved_by)),
    CONSTRAINT abandonment_approver_names_the_maker
        FOREIGN KEY (abandonment_id, maker, proposed_by)
        REFERENCES abandonment (abandonment_id, maker, proposed_by)
);

-- What was booked because of that: the obligation stands on account_id from then on.
CREATE TABLE abandoned_instruction (
    instruction_id uuid   PRIMARY KEY REFERENCES instruction,
    abandonment_id bigint NOT NULL UNIQUE REFERENCES abandonment_approval,
    window_id      bigint NOT NULL REFERENCES settlement_window,
    account_id     integer NOT NULL REFERENCES account,
    booked_on      date   NOT NULL,
    commit_id      bigint NOT NULL REFERENCES commit_log
);
CREATE INDEX abandoned_instruction_window ON abandoned_instruction (window_id);

-- ---- who decides about what ----

CREATE FUNCTION abandonment_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NEW.digest IS DISTINCT FROM abandonment_digest(NEW.instruction_id) THEN
        RAISE EXCEPTION 'only what was rejected or came back, and waits, is settled outside'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'abandoned_is_what_waits',
                  TABLE = 'abandonment';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER abandoned_is_what_waits AFTER INSERT ON abandonment
    FOR EACH ROW EXECUTE FUNCTION abandonment_guard();

CREATE FUNCTION abandonment_approval_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
DECLARE
    proposed abandonment;
BEGIN
    SELECT * INTO proposed FROM abandonment WHERE abandonment_id = NEW.abandonment_id;
    IF NEW.digest <> proposed.digest
       OR NEW.digest IS DISTINCT FROM abandonment_digest(proposed.instruction_id) THEN
        RAISE EXCEPTION 'the approval is about something else than waits'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'abandonment_approves_what_waits',
                  TABLE = 'abandonment_approval';
    END IF;
    IF clock_timestamp() > proposed.approve_until THEN
        RAISE EXCEPTION 'the time to approve this is over'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'abandonment_is_approved_in_time',
                  TABLE = 'abandonment_approval';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER abandonment_approves_what_waits AFTER INSERT ON abandonment_approval
    FOR EACH ROW EXECUTE FUNCTION abandonment_approval_guard();

-- Before the row, so that the view still has it.
CREATE FUNCTION abandoned_instruction_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM abandonment
                     JOIN abandonment_approval USING (abandonment_id)
                     JOIN rejected_instruction AS one USING (instruction_id)
                     JOIN account ON account.account_id = NEW.account_id
                    WHERE abandonment_id = NEW.abandonment_id
                      AND instruction_id = NEW.instruction_id
                      AND clock_timestamp() <= approve_until
                      AND abandonment.digest = abandonment_digest(instruction_id)
                      AND one.window_id = NEW.window_id AND one.withdrawn_on <= NEW.booked_on
                      AND account.kind = 'SUSPENSE' AND account.currency = one.currency) THEN
        RAISE EXCEPTION 'nobody approved, in time, to settle this outside'
            USING ERRCODE = 'check_violation',
                  CONSTRAINT = 'a_payment_is_abandoned_by_approval',
                  TABLE = 'abandoned_instruction';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER a_payment_is_abandoned_by_approval BEFORE INSERT ON abandoned_instruction
    FOR EACH ROW EXECUTE FUNCTION abandoned_instruction_guard();

-- ---- what follows ----

-- What waits: see payment_return; and not what is settled outside.
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
     WHERE NOT EXISTS (SELECT FROM abandoned_instruction AS settled
                        WHERE settled.instruction_id = instruction.instruction_id)
       AND NOT EXISTS (SELECT FROM instruction AS later
                        WHERE later.window_id = instruction.window_id
                          AND later.participant_id = instruction.participant_id
                          AND later.counterparty_id = instruction.counterparty_id
                          AND later.direction = instruction.direction
                          AND later.attempt > instruction.attempt);

CREATE FUNCTION instruction_abandoned_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM abandoned_instruction
                 JOIN instruction AS before USING (instruction_id)
                WHERE before.window_id = NEW.window_id
                  AND before.participant_id = NEW.participant_id
                  AND before.counterparty_id = NEW.counterparty_id
                  AND before.direction = NEW.direction) THEN
        RAISE EXCEPTION 'what is settled outside is not instructed again'
            USING ERRCODE = 'check_violation',
                  CONSTRAINT = 'i3_abandoned_is_not_instructed_again', TABLE = 'instruction';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER i3_abandoned_is_not_instructed_again AFTER INSERT ON instruction
    FOR EACH ROW WHEN (NEW.attempt > 1) EXECUTE FUNCTION instruction_abandoned_guard();

-- A window goes on when nothing of it waits for a decision any more, and something was decided.
INSERT INTO window_transition VALUES
    ('FAILED', 'INSTRUCTED', 'settle_abandon');
CREATE FUNCTION window_abandon_guard() RETURNS trigger
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
CREATE TRIGGER a_window_goes_on_when_all_is_decided AFTER UPDATE OF state ON settlement_window
    FOR EACH ROW WHEN (OLD.state = 'FAILED' AND NEW.state = 'INSTRUCTED')
    EXECUTE FUNCTION window_abandon_guard();

-- ---- what stays, and who may what ----

CREATE TRIGGER abandonments_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON abandonment
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER abandonment_approvals_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON abandonment_approval
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER abandoned_instructions_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON abandoned_instruction
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT ON abandonment, abandonment_approval, abandoned_instruction
    TO sawa_settle, sawa_maker, sawa_checker, sawa_reader;
GRANT INSERT (instruction_id, reason, digest, proposed_by, commit_id) ON abandonment
    TO sawa_maker, sawa_checker;
GRANT INSERT (abandonment_id, digest, maker, proposed_by, approved_by, commit_id)
    ON abandonment_approval TO sawa_checker;
GRANT INSERT ON abandoned_instruction TO sawa_settle;
GRANT EXECUTE ON FUNCTION abandonment_digest(uuid) TO sawa_settle, sawa_maker, sawa_checker;

RESET ROLE;
COMMIT;
