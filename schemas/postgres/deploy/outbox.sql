-- Deploy sawa:outbox to pg
-- requires: payment_file
-- What we tell others: events, stored in the transaction that causes them, numbered afterwards, and
-- how far each destination has them.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

-- Where events go. A row is made by the relay that publishes there first; events are stored from
-- then on. For Kafka the position in the topic's own position record is the truth and next_number
-- a hint; for RabbitMQ next_number is the truth.
CREATE TABLE outbox_destination (
    destination  text        PRIMARY KEY CHECK (destination ~ '^(kafka|amqp):[ -~]{1,249}$'),
    next_number  bigint      NOT NULL CHECK (next_number > 0),
    epoch        bigint      NOT NULL DEFAULT 0, -- fencing token, one more each claim
    owner        text        NOT NULL DEFAULT '', -- '': nobody
    seen_at      timestamptz NOT NULL DEFAULT clock_timestamp(), -- the owner's last sign of life
    moved_at     timestamptz, -- null: nothing has gone there yet
    failed_at    timestamptz,
    error        text        CHECK (octet_length(error) <= 1024), -- of failed_at; null: it works
    stands_since timestamptz -- null: it goes on by itself
);

-- event_name says what the event is about: its UUIDv5 is the message id, so whatever is tried again
-- names the same message. A row is never updated: numbers stand in a table of their own.
CREATE TABLE outbox (
    outbox_id   bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_name  text        NOT NULL CONSTRAINT i1_event_is_told_once UNIQUE,
    event_type  text        NOT NULL CHECK (event_type ~ '^[a-z][a-z_]{0,62}$'),
    event_key   text        NOT NULL CHECK (event_key ~ '^[ -~]{1,64}$'), -- order holds within it
    corridor    text        NOT NULL,
    payload     text        NOT NULL,
    occurred_at timestamptz NOT NULL DEFAULT now(),
    commit_id   bigint      NOT NULL REFERENCES commit_log,
    CONSTRAINT outbox_payload_is_bounded CHECK (octet_length(payload) <= 65536)
);

-- What has no number yet; kept by a trigger, so that no event can be forgotten.
CREATE TABLE outbox_pending (
    outbox_id bigint PRIMARY KEY
);
CREATE FUNCTION outbox_remember() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    INSERT INTO outbox_pending SELECT outbox_id FROM stored;
    RETURN NULL;
END
$$;
CREATE TRIGGER outbox_event_is_pending AFTER INSERT ON outbox
    REFERENCING NEW TABLE AS stored FOR EACH STATEMENT EXECUTE FUNCTION outbox_remember();

-- The order in which all destinations get them.
CREATE TABLE outbox_order (
    number    bigint PRIMARY KEY CHECK (number > 0),
    outbox_id bigint NOT NULL CONSTRAINT i1_event_has_one_number UNIQUE
);

-- One row: the last number that was given. Its lock makes the sequencer one.
CREATE TABLE outbox_head (
    is_only     boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    last_number bigint  NOT NULL CHECK (last_number >= 0)
);
INSERT INTO outbox_head (last_number) VALUES (0);

-- Numbers up to most visible events densely, in the order they were stored. One whose transaction
-- commits later is pending until then and takes a later number: nothing waits for it and nothing
-- passes it over. Events of one key keep their order, because who stores the later one has seen the
-- earlier one committed. READ COMMITTED: what is visible is looked for behind the lock.
CREATE FUNCTION outbox_number(most integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
DECLARE
    head bigint;
    given bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM outbox_pending) THEN
        RETURN 0;
    END IF;
    SELECT last_number INTO STRICT head FROM outbox_head FOR UPDATE;
    WITH taken AS (
        DELETE FROM outbox_pending
         WHERE outbox_id IN (SELECT outbox_id FROM outbox_pending ORDER BY outbox_id LIMIT most)
        RETURNING outbox_id
    )
    INSERT INTO outbox_order (number, outbox_id)
    SELECT head + row_number() OVER (ORDER BY outbox_id), outbox_id FROM taken;
    GET DIAGNOSTICS given = ROW_COUNT;
    UPDATE outbox_head SET last_number = head + given WHERE given > 0;
    RETURN given;
END
$$;

-- Deletes up to most events that all destinations have and that are older than keep.
CREATE FUNCTION outbox_expire(keep interval, most integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
DECLARE
    gone bigint;
BEGIN
    WITH old AS (
        DELETE FROM outbox_order
         WHERE number IN (
               SELECT number
                 FROM (SELECT number, outbox_id FROM outbox_order ORDER BY number LIMIT most)
                      AS first
                 JOIN outbox USING (outbox_id)
                WHERE number < (SELECT min(next_number) FROM outbox_destination)
                  AND occurred_at < now() - greatest(keep, interval '0'))
        RETURNING outbox_id
    )
    DELETE FROM outbox USING old WHERE outbox.outbox_id = old.outbox_id;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END
$$;

-- A position moves on, never back and never past what has a number; an epoch never goes back.
CREATE FUNCTION outbox_destination_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NEW.destination <> OLD.destination OR NEW.next_number < OLD.next_number
       OR NEW.epoch < OLD.epoch
       OR NEW.next_number > OLD.next_number
          AND NEW.next_number > (SELECT last_number + 1 FROM outbox_head) THEN
        RAISE EXCEPTION 'the position of a destination moves on, up to the last number given'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'i4_outbox_position_moves_on',
                  TABLE = 'outbox_destination';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER i4_outbox_position_moves_on BEFORE UPDATE ON outbox_destination
    FOR EACH ROW EXECUTE FUNCTION outbox_destination_guard();
CREATE TRIGGER outbox_events_are_immutable BEFORE UPDATE OR TRUNCATE ON outbox
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER outbox_destinations_stay BEFORE DELETE OR TRUNCATE ON outbox_destination
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT (destination) ON outbox_destination TO sawa_settle;
GRANT INSERT (event_name, event_type, event_key, corridor, payload, commit_id) ON outbox
    TO sawa_settle;
GRANT SELECT ON outbox, outbox_pending, outbox_order, outbox_head, outbox_destination
    TO sawa_relay, sawa_reader;
GRANT INSERT (destination, next_number) ON outbox_destination TO sawa_relay;
GRANT UPDATE (next_number, epoch, owner, seen_at, moved_at, failed_at, error, stands_since)
    ON outbox_destination TO sawa_relay;
GRANT EXECUTE ON FUNCTION outbox_number(integer), outbox_expire(interval, integer) TO sawa_relay;

RESET ROLE;
COMMIT;
