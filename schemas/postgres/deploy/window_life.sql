-- Deploy sawa:window_life to pg
-- requires: payment_file
-- Arrows of windows, people who hold and release them, and what follows a bank's rejection: the
-- expected item is withdrawn, and a second person lets the amount be instructed once more.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

-- ---- arrows ----

-- The drawing of domain/window.h, row by row; a test compares the two.
CREATE TABLE window_transition (
    from_state text NOT NULL,
    to_state   text NOT NULL,
    function   text NOT NULL, -- of the settle worker
    PRIMARY KEY (from_state, to_state)
);
INSERT INTO window_transition VALUES
    ('OPEN', 'CLOSING', 'settle_begin'),
    ('CLOSING', 'CLOSED', 'settle_close'),
    ('CLOSED', 'INSTRUCTED', 'settle_instruct'),
    ('INSTRUCTED', 'SETTLED', 'settle_confirm'),
    ('CLOSING', 'HELD', 'settle_hold'),
    ('HELD', 'CLOSING', 'settle_begin'),
    ('CLOSED', 'SETTLED', 'settle_skip'),
    ('INSTRUCTED', 'FAILED', 'settle_fail'),
    ('FAILED', 'REOPENED', 'settle_reopen'),
    ('REOPENED', 'INSTRUCTED', 'settle_instruct');

-- ---- hold and release ----

-- Somebody keeps a window from closing. It takes payments until its cut-off all the same, and is
-- HELD from then on. No expiry: nobody may forget a window into being paid.
CREATE TABLE settlement_hold (
    hold_id   bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    window_id bigint      NOT NULL REFERENCES settlement_window,
    reason    text        NOT NULL,
    login     text        NOT NULL DEFAULT session_user,
    held_by   text        NOT NULL DEFAULT '', -- the person, where a login is shared
    held_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    is_live   boolean     NOT NULL DEFAULT true, -- false with its release, by a trigger
    commit_id bigint      NOT NULL REFERENCES commit_log,
    CONSTRAINT hold_gives_a_reason CHECK (reason ~ '\S'),
    CONSTRAINT holder_of_a_window UNIQUE (hold_id, window_id, login, held_by)
);
CREATE UNIQUE INDEX a_window_is_held_once ON settlement_hold (window_id) WHERE is_live;

CREATE TABLE settlement_hold_release (
    hold_id     bigint      PRIMARY KEY,
    window_id   bigint      NOT NULL,
    maker       text        NOT NULL,
    held_by     text        NOT NULL,
    checker     text        NOT NULL DEFAULT session_user,
    released_by text        NOT NULL DEFAULT '',
    reason      text        NOT NULL,
    released_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    commit_id   bigint      NOT NULL REFERENCES commit_log,
    CONSTRAINT who_holds_does_not_release
        CHECK (maker <> checker AND (held_by = '' OR held_by <> released_by)),
    CONSTRAINT release_gives_a_reason CHECK (reason ~ '\S'),
    CONSTRAINT released_is_what_was_held FOREIGN KEY (hold_id, window_id, maker, held_by)
        REFERENCES settlement_hold (hold_id, window_id, login, held_by)
);

-- The row lock meets the close's: who comes first decides.
CREATE FUNCTION settlement_hold_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
DECLARE
    found_state text;
BEGIN
    SELECT state INTO found_state
      FROM settlement_window WHERE window_id = NEW.window_id FOR SHARE;
    IF found_state NOT IN ('OPEN', 'CLOSING', 'HELD') THEN
        RAISE EXCEPTION 'a window that is % is not held any more', found_state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_closed_window_is_not_held',
                  TABLE = 'settlement_hold';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER a_closed_window_is_not_held AFTER INSERT ON settlement_hold
    FOR EACH ROW EXECUTE FUNCTION settlement_hold_guard();

CREATE FUNCTION settlement_hold_ends() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    UPDATE settlement_hold SET is_live = false WHERE hold_id = NEW.hold_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER settlement_hold_ends AFTER INSERT ON settlement_hold_release
    FOR EACH ROW EXECUTE FUNCTION settlement_hold_ends();

-- ---- withdrawn: what a bank rejected is expected no more ----

-- The booking of a rejected instruction is reversed on the day its item is withdrawn: books and
-- expected items move together (I10). The row stays, and so does the item.
CREATE TABLE withdrawal (
    expected_item_id uuid   PRIMARY KEY REFERENCES expected_item,
    instruction_id   uuid   NOT NULL UNIQUE REFERENCES instruction,
    window_id        bigint NOT NULL REFERENCES settlement_window,
    reason           text   NOT NULL, -- the bank's code: AC04; empty where it gave none
    withdrawn_on     date   NOT NULL,
    commit_id        bigint NOT NULL REFERENCES commit_log
);
CREATE INDEX withdrawal_window ON withdrawal (window_id);
CREATE INDEX instruction_rejected ON instruction (window_id) WHERE status = 'REJECTED';

CREATE FUNCTION withdrawal_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    UPDATE expected_item AS item SET is_open = false
      FROM instruction
     WHERE item.expected_item_id = NEW.expected_item_id AND item.is_open
       AND item.instruction_id = NEW.instruction_id AND item.window_id = NEW.window_id
       AND item.book_date <= NEW.withdrawn_on
       AND instruction.instruction_id = NEW.instruction_id AND instruction.status = 'REJECTED';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'only the open item of a rejected instruction is withdrawn'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'withdrawn_is_what_was_rejected',
                  TABLE = 'withdrawal';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER withdrawn_is_what_was_rejected AFTER INSERT ON withdrawal
    FOR EACH ROW EXECUTE FUNCTION withdrawal_guard();

-- Fires behind match_member_closes (by name), which has waited for a withdrawal in flight.
CREATE FUNCTION match_member_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM added JOIN withdrawal USING (expected_item_id) WHERE added.is_live) THEN
        RAISE EXCEPTION 'an expected item that was withdrawn explains nothing'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'match_member_is_not_withdrawn',
                  TABLE = 'match_member';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER match_member_is_not_withdrawn AFTER INSERT ON match_member
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION match_member_guard();

-- ---- once more, by approval ----

-- An amount is instructed again as the next attempt of the same payment. At most one attempt is not
-- rejected; tests/sql/window_life.sql shows why the key had to grow.
ALTER TABLE instruction
    ADD COLUMN attempt smallint NOT NULL DEFAULT 1,
    ADD CONSTRAINT instruction_attempts_end CHECK (attempt BETWEEN 1 AND 99),
    DROP CONSTRAINT i3_instruction_once,
    ADD CONSTRAINT i3_instruction_once
        UNIQUE (window_id, participant_id, counterparty_id, direction, attempt);
CREATE UNIQUE INDEX i3_one_live_attempt
    ON instruction (window_id, participant_id, counterparty_id, direction)
 WHERE status <> 'REJECTED';

-- What waits to be instructed again: rejected, withdrawn, and no attempt after it.
CREATE VIEW rejected_instruction AS
    SELECT instruction.*, withdrawal.reason, withdrawal.withdrawn_on
      FROM instruction
      JOIN withdrawal USING (instruction_id)
     WHERE NOT EXISTS (SELECT FROM instruction AS later
                        WHERE later.window_id = instruction.window_id
                          AND later.participant_id = instruction.participant_id
                          AND later.counterparty_id = instruction.counterparty_id
                          AND later.direction = instruction.direction
                          AND later.attempt > instruction.attempt);

-- What people propose and approve: exactly these payments, to be made on that day. Null: none.
CREATE FUNCTION reinstruction_digest(of_window bigint, on_date date) RETURNS bytea
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
    SELECT sha256(convert_to(string_agg(
               format('%s %s %s %s %s;', instruction_id, attempt + 1, amount_minor, currency,
                      to_char(on_date, 'YYYY-MM-DD')),
               '' ORDER BY instruction_id), 'UTF8'))
      FROM rejected_instruction
     WHERE window_id = of_window
$$;

CREATE TABLE reinstruction (
    reinstruction_id bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    window_id        bigint      NOT NULL REFERENCES settlement_window,
    settlement_date  date        NOT NULL,
    reason           text        NOT NULL,
    digest           bytea       NOT NULL,
    maker            text        NOT NULL DEFAULT session_user,
    proposed_by      text        NOT NULL DEFAULT '',
    proposed_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    approve_until    timestamptz NOT NULL DEFAULT clock_timestamp() + interval '24 hours',
    commit_id        bigint      NOT NULL REFERENCES commit_log,
    CONSTRAINT reinstruction_gives_a_reason CHECK (reason ~ '\S'),
    CONSTRAINT maker_of_a_reinstruction UNIQUE (reinstruction_id, maker, proposed_by)
);
CREATE INDEX reinstruction_window ON reinstruction (window_id);

CREATE TABLE reinstruction_approval (
    reinstruction_id bigint      PRIMARY KEY,
    digest           bytea       NOT NULL,
    maker            text        NOT NULL,
    proposed_by      text        NOT NULL,
    checker          text        NOT NULL DEFAULT session_user,
    approved_by      text        NOT NULL DEFAULT '',
    approved_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    commit_id        bigint      NOT NULL REFERENCES commit_log,
    CONSTRAINT maker_does_not_approve
        CHECK (maker <> checker AND (proposed_by = '' OR proposed_by <> approved_by)),
    CONSTRAINT approver_names_the_proposer FOREIGN KEY (reinstruction_id, maker, proposed_by)
        REFERENCES reinstruction (reinstruction_id, maker, proposed_by)
);

-- What is proposed is what waits, on a day that is not before its withdrawal.
CREATE FUNCTION reinstruction_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NEW.digest IS DISTINCT FROM reinstruction_digest(NEW.window_id, NEW.settlement_date)
       OR EXISTS (SELECT FROM rejected_instruction
                   WHERE window_id = NEW.window_id AND withdrawn_on > NEW.settlement_date) THEN
        RAISE EXCEPTION 'what is proposed is not what was rejected'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'proposed_is_what_was_rejected',
                  TABLE = 'reinstruction';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER proposed_is_what_was_rejected AFTER INSERT ON reinstruction
    FOR EACH ROW EXECUTE FUNCTION reinstruction_guard();

-- A bank that says afterwards that it paid what it had rejected: nobody instructs that again.
CREATE FUNCTION is_contradicted(of_instruction uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
    SELECT EXISTS (SELECT FROM payment_status
                    WHERE instruction_id = of_instruction AND outcome = 'CONTRADICTS')
$$;

CREATE FUNCTION reinstruction_approval_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
DECLARE
    proposed reinstruction;
BEGIN
    SELECT * INTO proposed FROM reinstruction WHERE reinstruction_id = NEW.reinstruction_id;
    IF NEW.digest <> proposed.digest
       OR NEW.digest IS DISTINCT FROM
          reinstruction_digest(proposed.window_id, proposed.settlement_date) THEN
        RAISE EXCEPTION 'the approval is about something else than waits'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'approved_is_what_waits',
                  TABLE = 'reinstruction_approval';
    END IF;
    IF clock_timestamp() > proposed.approve_until THEN
        RAISE EXCEPTION 'the time to approve this is over'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reinstruction_is_approved_in_time',
                  TABLE = 'reinstruction_approval';
    END IF;
    IF EXISTS (SELECT FROM rejected_instruction
                WHERE window_id = proposed.window_id AND is_contradicted(instruction_id)) THEN
        RAISE EXCEPTION 'the bank has contradicted its rejection'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'i3_contradicted_is_not_paid_again',
                  TABLE = 'reinstruction_approval';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER approved_is_what_waits AFTER INSERT ON reinstruction_approval
    FOR EACH ROW EXECUTE FUNCTION reinstruction_approval_guard();

-- Whether somebody approved, in time, exactly what waits.
CREATE FUNCTION reinstruction_is_approved(of_window bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
    SELECT EXISTS (SELECT FROM reinstruction
                     JOIN reinstruction_approval USING (reinstruction_id)
                    WHERE window_id = of_window AND clock_timestamp() <= approve_until
                      AND reinstruction.digest = reinstruction_digest(of_window, settlement_date))
$$;

-- A later attempt repeats its rejected predecessor to the last unit, while its window is reopened:
-- there is no arrow to REOPENED without an approval.
CREATE FUNCTION instruction_attempt_guard() RETURNS trigger
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
CREATE TRIGGER i3_attempt_follows_a_rejected_one AFTER INSERT ON instruction
    FOR EACH ROW WHEN (NEW.attempt > 1) EXECUTE FUNCTION instruction_attempt_guard();

-- No file leaves with a payment whose earlier attempt the bank now says it made.
CREATE FUNCTION payment_file_contradiction_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM payment_file_item AS item
                 JOIN instruction AS later USING (instruction_id)
                 JOIN instruction AS before
                   ON before.window_id = later.window_id
                  AND before.participant_id = later.participant_id
                  AND before.counterparty_id = later.counterparty_id
                  AND before.direction = later.direction AND before.attempt < later.attempt
                WHERE item.file_id = NEW.file_id AND later.attempt > 1
                  AND is_contradicted(before.instruction_id)) THEN
        RAISE EXCEPTION 'a payment in this file was made already, says the bank'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'i3_contradicted_is_not_paid_again',
                  TABLE = 'payment_file', HINT = 'cancel the file, and ask the bank';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER i3_contradicted_is_not_paid_again AFTER UPDATE OF state ON payment_file
    FOR EACH ROW WHEN (NEW.state = 'RELEASED') EXECUTE FUNCTION payment_file_contradiction_guard();

-- ---- the one door ----

-- After the row: its own constraints speak first. A window begins OPEN.
CREATE FUNCTION window_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM window_transition
                    WHERE from_state = OLD.state AND to_state = NEW.state) THEN
        RAISE EXCEPTION 'a window does not move from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'window_moves_along_its_arrows',
                  TABLE = 'settlement_window';
    END IF;
    IF NEW.state = 'CLOSED'
       AND EXISTS (SELECT FROM settlement_hold WHERE window_id = NEW.window_id AND is_live) THEN
        RAISE EXCEPTION 'a window that somebody holds does not close'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_held_window_does_not_close',
                  TABLE = 'settlement_window';
    END IF;
    IF NEW.state = 'REOPENED' AND NOT reinstruction_is_approved(NEW.window_id) THEN
        RAISE EXCEPTION 'nobody approved, in time, what this window would instruct again'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_window_is_reopened_by_approval',
                  TABLE = 'settlement_window';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER window_moves_along_its_arrows AFTER UPDATE OF state ON settlement_window
    FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION window_guard();

CREATE FUNCTION window_opens_guard() RETURNS trigger
    LANGUAGE plpgsql SET search_path = sawa, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'a window begins OPEN'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'a_window_begins_open',
              TABLE = 'settlement_window';
END
$$;
CREATE TRIGGER a_window_begins_open AFTER INSERT ON settlement_window
    FOR EACH ROW WHEN (NEW.state <> 'OPEN') EXECUTE FUNCTION window_opens_guard();

-- ---- what stays ----

CREATE TRIGGER window_transitions_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON window_transition
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER holds_stay BEFORE DELETE OR TRUNCATE ON settlement_hold
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER releases_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON settlement_hold_release
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER withdrawals_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON withdrawal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reinstructions_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON reinstruction
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reinstruction_approvals_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON reinstruction_approval
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- ---- who may what ----

GRANT SELECT ON window_transition, settlement_hold, settlement_hold_release, withdrawal,
                rejected_instruction, reinstruction, reinstruction_approval
    TO sawa_settle, sawa_maker, sawa_checker, sawa_reader;
GRANT SELECT ON withdrawal, settlement_hold TO sawa_relay, sawa_reconcile, sawa_report;
GRANT SELECT ON expected_item TO sawa_relay;
GRANT SELECT ON settlement_window TO sawa_maker, sawa_checker;
GRANT SELECT ON payment_status TO sawa_settle;
GRANT INSERT ON withdrawal TO sawa_settle;
GRANT INSERT (window_id, reason, held_by, commit_id) ON settlement_hold
    TO sawa_maker, sawa_checker;
GRANT INSERT (hold_id, window_id, maker, held_by, released_by, reason, commit_id)
    ON settlement_hold_release TO sawa_maker, sawa_checker;
GRANT INSERT (window_id, settlement_date, reason, digest, proposed_by, commit_id)
    ON reinstruction TO sawa_maker, sawa_checker;
GRANT INSERT (reinstruction_id, digest, maker, proposed_by, approved_by, commit_id)
    ON reinstruction_approval TO sawa_checker;
GRANT EXECUTE ON FUNCTION reinstruction_digest(bigint, date), reinstruction_is_approved(bigint),
                          is_contradicted(uuid)
    TO sawa_settle, sawa_maker, sawa_checker;

RESET ROLE;
COMMIT;
