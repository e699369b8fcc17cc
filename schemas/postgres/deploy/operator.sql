-- Deploy sawa:operator to pg
-- requires: report
-- What operators decide about halted positions and parked records: each decision is a commit with a
-- leaf, and a row that stays.

BEGIN;

-- The role of sawa-replay; it may have been made by another database, even a moment ago.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sawa_replay') THEN
        CREATE ROLE sawa_replay LOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END
$$;
DO $$
BEGIN
    IF NOT pg_has_role('sawa_replay', 'sawa_program', 'MEMBER') THEN
        GRANT sawa_program TO sawa_replay;
    END IF;
EXCEPTION WHEN unique_violation THEN
    NULL;
END
$$;

SET ROLE sawa_owner;
SET search_path = sawa;

-- One row per position or parked record that a decision is about. The login is who is connected:
-- nobody can act in another's name. actor names the person where a login is shared.
CREATE TABLE operator_action (
    commit_id     bigint      NOT NULL REFERENCES commit_log,
    line          integer     NOT NULL CHECK (line > 0),
    action        text        NOT NULL,
    outcome       text        NOT NULL, -- halted, cleared, gap_accepted, generation_opened, ...
    source_id     integer     NOT NULL REFERENCES source,
    partition     integer     NOT NULL CHECK (partition >= 0),
    record_offset bigint      CHECK (record_offset >= 0), -- of a parked record
    reason        text        NOT NULL,
    actor         text        NOT NULL,
    login         text        NOT NULL DEFAULT session_user,
    acted_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (commit_id, line),
    CONSTRAINT operator_action_known
        CHECK (action IN ('position_halt', 'position_accept', 'parked_retry', 'parked_discard')),
    CONSTRAINT operator_names_the_record
        CHECK ((action IN ('parked_retry', 'parked_discard')) = (record_offset IS NOT NULL)),
    CONSTRAINT operator_gives_a_reason CHECK (reason ~ '\S' AND actor ~ '\S')
);
CREATE INDEX operator_action_place ON operator_action (source_id, partition, acted_at);

-- Offsets [first_offset, next_offset) of a partition that nobody will read, by decision: together
-- with its batches they cover [start_offset, next_offset) of the position.
CREATE TABLE accepted_gap (
    source_id    integer NOT NULL REFERENCES source,
    partition    integer NOT NULL CHECK (partition >= 0),
    first_offset bigint  NOT NULL CHECK (first_offset >= 0),
    next_offset  bigint  NOT NULL,
    commit_id    bigint  NOT NULL REFERENCES commit_log,
    CONSTRAINT i4_gap_starts_once PRIMARY KEY (source_id, partition, first_offset),
    CONSTRAINT i4_gap_ends_once UNIQUE (source_id, partition, next_offset),
    CONSTRAINT i4_gap_moves_on CHECK (next_offset > first_offset)
);

CREATE TRIGGER operator_actions_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON operator_action
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER accepted_gaps_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON accepted_gap
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The only way over a gap: the position must be halted and stand where the gap begins. Position and
-- gap move together, so the program needs no right to move a position. True: it has moved.
CREATE FUNCTION position_pass_gap(of_source integer, of_partition integer, expected bigint,
                                  next bigint, by_commit bigint) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    UPDATE position
       SET next_offset = next, halt_reason = NULL, halted_at = NULL
     WHERE source_id = of_source AND partition = of_partition
       AND next_offset = expected AND halt_reason IS NOT NULL;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO accepted_gap VALUES (of_source, of_partition, expected, next, by_commit);
    RETURN true;
END
$$;

-- What became of a parked record. The row stays, whatever it is.
ALTER TABLE parked
    ADD COLUMN state text NOT NULL DEFAULT 'PARKED',
    ADD COLUMN decided_commit_id bigint REFERENCES commit_log,
    ADD CONSTRAINT parked_state_known
        CHECK (state IN ('PARKED', 'APPLIED', 'DUPLICATE', 'DISCARDED')),
    ADD CONSTRAINT parked_is_decided_by_a_commit
        CHECK ((state = 'PARKED') = (decided_commit_id IS NULL));
CREATE INDEX parked_waiting ON parked (source_id, partition) WHERE state = 'PARKED';

-- A decision is final: what was applied is never applied again (I1).
CREATE FUNCTION parked_guard() RETURNS trigger
    LANGUAGE plpgsql SET search_path = sawa, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'a parked record is decided once'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'i1_parked_is_decided_once',
              TABLE = 'parked';
END
$$;
CREATE TRIGGER i1_parked_is_decided_once BEFORE UPDATE ON parked
    FOR EACH ROW WHEN (OLD.state <> 'PARKED') EXECUTE FUNCTION parked_guard();

GRANT SELECT ON operator_action, accepted_gap TO sawa_reader;
GRANT SELECT ON source, position, parked, data_key, operator_action, accepted_gap TO sawa_replay;
GRANT INSERT ON source, position, commit_log, accepted_gap TO sawa_replay;
GRANT INSERT (commit_id, leaf, leaf_hash) ON audit_leaf TO sawa_replay;
GRANT INSERT (commit_id, line, action, outcome, source_id, partition, record_offset, reason, actor)
    ON operator_action TO sawa_replay;
GRANT UPDATE (halt_reason, halted_at) ON position TO sawa_replay;
GRANT UPDATE (state, decided_commit_id) ON parked TO sawa_replay;
GRANT EXECUTE ON FUNCTION position_pass_gap(integer, integer, bigint, bigint, bigint)
    TO sawa_replay;

-- A retried record becomes what the worker would have made of it.
GRANT SELECT ON settlement_window, window_cut TO sawa_replay;
GRANT SELECT, INSERT ON payment, event_seen, transfer_seen, fx_rate, fx_lock TO sawa_replay;
GRANT INSERT (window_id, commit_id, payment_count, late_count, gross_minor, debtor_ids,
              creditor_ids, counts, minors, lock_ids) ON window_delta TO sawa_replay;
GRANT INSERT ON journal_entry TO sawa_replay;
GRANT EXECUTE ON FUNCTION ensure_day(text, date) TO sawa_replay;

RESET ROLE;
COMMIT;
