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

-- number is null until the sequencer gave one. event_name says what the event is about: its UUIDv5
-- is the message id, so whatever is tried again names the same message.
CREATE TABLE outbox (
    outbox_id   bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number      bigint      UNIQUE CHECK (number > 0),
    event_name  text        NOT NULL CONSTRAINT i1_event_is_told_once UNIQUE,
    event_type  text        NOT NULL CHECK (event_type ~ '^[a-z][a-z_]{0,62}$'),
    event_key   text        NOT NULL CHECK (event_key ~ '^[ -~]{1,64}$'), -- order holds within it
    corridor    text        NOT NULL,
    payload     text        NOT NULL,
    occurred_at timestamptz NOT NULL DEFAULT now(),
    commit_id   bigint      NOT NULL REFERENCES commit_log,
    CONSTRAINT outbox_payload_is_bounded CHECK (octet_length(payload) <= 65536)
);
CREATE INDEX outbox_pending ON outbox (outbox_id) WHERE number IS NULL;

-- One row: the last number that was given. Its lock makes the sequencer one.
CREATE TABLE outbox_head (
    is_only     boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    last_number bigint  NOT NULL CHECK (last_number >= 0)
);
INSERT INTO outbox_head (last_number) VALUES (0);

-- Numbers up to most visible rows densely, in the order they were stored. A row whose transaction
-- commits later is pending until then and takes a later number: nothing waits for it and nothing
-- passes it over. Rows of one key keep their order, because who stores the later one has seen the
-- earlier one committed. READ COMMITTED: what is visible is looked for behind the lock.
CREATE FUNCTION outbox_number(most integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
DECLARE
    head bigint;
    given bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM outbox WHERE number IS NULL) THEN
        RETURN 0;
    END IF;
    SELECT last_number INTO STRICT head FROM outbox_head FOR UPDATE;
    UPDATE outbox SET number = head + pending.place
      FROM (SELECT outbox_id, row_number() OVER (ORDER BY outbox_id) AS place
              FROM (SELECT outbox_id FROM outbox WHERE number IS NULL
                     ORDER BY outbox_id LIMIT most) AS first) AS pending
     WHERE outbox.outbox_id = pending.outbox_id;
    GET DIAGNOSTICS given = ROW_COUNT;
    IF given > 0 THEN
        UPDATE outbox_head SET last_number = head + given;
    END IF;
    RETURN given;
END
$$;

-- Deletes up to most events that all destinations have and that are older than keep.
CREATE FUNCTION outbox_expire(keep interval, most integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
DECLARE
    gone bigint;
BEGIN
    DELETE FROM outbox
     WHERE number IN (SELECT number FROM outbox
                       WHERE number < (SELECT min(next_number) FROM outbox_destination)
                         AND occurred_at < now() - greatest(keep, interval '0')
                       ORDER BY number LIMIT most);
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
CREATE TRIGGER outbox_destinations_stay BEFORE DELETE OR TRUNCATE ON outbox_destination
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT (destination) ON outbox_destination TO sawa_settle;
GRANT INSERT (event_name, event_type, event_key, corridor, payload, commit_id) ON outbox
    TO sawa_settle;
GRANT SELECT ON outbox, outbox_head, outbox_destination TO sawa_relay, sawa_reader;
GRANT INSERT (destination, next_number) ON outbox_destination TO sawa_relay;
GRANT UPDATE (next_number, epoch, owner, seen_at, moved_at, failed_at, error, stands_since)
    ON outbox_destination TO sawa_relay;
GRANT EXECUTE ON FUNCTION outbox_number(integer), outbox_expire(interval, integer) TO sawa_relay;

RESET ROLE;
COMMIT;
