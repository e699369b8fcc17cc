-- Deploy sawa:net_carry to pg
-- requires: corridor_change
-- Minimum amounts: what a window does not instruct, because it is too little to be worth a payment,
-- is carried over to the next window of its corridor, which takes it in when it closes.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

-- What a corridor version holds its nets against. No row: nothing.
CREATE TABLE corridor_limit (
    corridor_id   integer NOT NULL,
    version       integer NOT NULL,
    minimum_minor bigint  NOT NULL, -- below it a net is carried over, in settlement currency
    CONSTRAINT minimum_is_more_than_a_unit CHECK (minimum_minor > 1),
    PRIMARY KEY (corridor_id, version),
    FOREIGN KEY (corridor_id, version) REFERENCES corridor (corridor_id, version)
);
CREATE TRIGGER the_book_changes_by_approval BEFORE INSERT ON corridor_limit
    FOR EACH ROW EXECUTE FUNCTION corridor_book_guard();
CREATE TRIGGER corridor_limits_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON corridor_limit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What one position of a closed window left over, and the window that takes it in. COLLECT: the
-- participant still owes it. It stays on its obligation account: nothing is booked for it.
CREATE TABLE net_carry (
    from_window_id  bigint  NOT NULL REFERENCES settlement_window,
    participant_id  integer NOT NULL REFERENCES participant,
    counterparty_id integer NOT NULL CHECK (counterparty_id >= 0), -- 0: the settlement agent
    direction       text    NOT NULL CHECK (direction IN ('COLLECT', 'PAY')),
    to_window_id    bigint  NOT NULL REFERENCES settlement_window,
    amount_minor    bigint  NOT NULL CHECK (amount_minor > 0),
    currency        char(3) NOT NULL,
    commit_id       bigint  NOT NULL REFERENCES commit_log,
    CONSTRAINT i3_carried_once
        PRIMARY KEY (from_window_id, participant_id, counterparty_id, direction)
);
CREATE INDEX net_carry_to ON net_carry (to_window_id);

-- A window is closed once, and what it takes in is what was carried to it by then. So what is
-- carried goes to a window that is not closed; the lock waits for a close in flight.
CREATE FUNCTION net_carry_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    PERFORM FROM settlement_window
      WHERE window_id IN (SELECT to_window_id FROM added) ORDER BY window_id FOR SHARE;
    IF EXISTS (SELECT FROM added
                 JOIN settlement_window AS source ON source.window_id = added.from_window_id
                 JOIN settlement_window AS target ON target.window_id = added.to_window_id
                WHERE source.corridor_id <> target.corridor_id
                   OR source.window_id >= target.window_id
                   OR target.state NOT IN ('OPEN', 'CLOSING', 'HELD')
                   OR EXISTS (SELECT FROM net_proof
                               WHERE window_id IN (source.window_id, target.window_id))) THEN
        RAISE EXCEPTION 'a window carries, while it closes, to a later one that is not closed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'i3_carried_to_an_open_window',
                  TABLE = 'net_carry';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER i3_carried_to_an_open_window AFTER INSERT ON net_carry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION net_carry_guard();
CREATE TRIGGER carries_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON net_carry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What became of the nets: with what came in and less what goes on they are what is instructed.
-- Debit is what participants owe. Null in proofs of before: all of it was instructed.
ALTER TABLE net_proof
    ADD COLUMN carried_in_debit_minor   bigint,
    ADD COLUMN carried_in_credit_minor  bigint,
    ADD COLUMN carried_out_debit_minor  bigint,
    ADD COLUMN carried_out_credit_minor bigint,
    ADD COLUMN collect_minor            bigint, -- instructed
    ADD COLUMN pay_minor                bigint,
    ADD CONSTRAINT i2_instructed_is_what_is_left
        CHECK (net_credit_minor::numeric - net_debit_minor
               + carried_in_credit_minor - carried_in_debit_minor
               = pay_minor::numeric - collect_minor
                 + carried_out_credit_minor - carried_out_debit_minor);

CREATE FUNCTION net_proof_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM (SELECT coalesce(sum(amount_minor) FILTER
                                                (WHERE direction = 'COLLECT'), 0) AS debit,
                                   coalesce(sum(amount_minor) FILTER
                                                (WHERE direction = 'PAY'), 0) AS credit
                              FROM net_carry WHERE to_window_id = NEW.window_id) AS came,
                           (SELECT coalesce(sum(amount_minor) FILTER
                                                (WHERE direction = 'COLLECT'), 0) AS debit,
                                   coalesce(sum(amount_minor) FILTER
                                                (WHERE direction = 'PAY'), 0) AS credit
                              FROM net_carry WHERE from_window_id = NEW.window_id) AS went
                WHERE (came.debit, came.credit, went.debit, went.credit)
                      <> (coalesce(NEW.carried_in_debit_minor, 0),
                          coalesce(NEW.carried_in_credit_minor, 0),
                          coalesce(NEW.carried_out_debit_minor, 0),
                          coalesce(NEW.carried_out_credit_minor, 0))) THEN
        RAISE EXCEPTION 'a window takes in what was carried to it, and tells what it carries on'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'i3_what_is_carried_is_taken_in',
                  TABLE = 'net_proof';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER i3_what_is_carried_is_taken_in AFTER INSERT ON net_proof
    FOR EACH ROW EXECUTE FUNCTION net_proof_guard();

GRANT SELECT ON corridor_limit TO sawa_program;
GRANT INSERT ON corridor_limit TO sawa_corridor;
GRANT SELECT, INSERT ON net_carry TO sawa_settle;
GRANT SELECT ON net_carry TO sawa_reconcile, sawa_report, sawa_maker, sawa_checker, sawa_reader;

RESET ROLE;
COMMIT;
