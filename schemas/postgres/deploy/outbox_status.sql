-- Deploy sawa:outbox_status to pg
-- requires: outbox abandonment
-- What becomes of instructions and windows is told to others too, by the relay as well; and
-- a destination that is given up for good is forgotten on record, so that it holds nothing back.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

-- A decision of an operator. Its row deletes that of the destination.
CREATE TABLE outbox_forgotten (
    forgotten_id   bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    destination    text        NOT NULL,
    next_number    bigint      NOT NULL, -- the first event it never got; by a trigger
    held_count     bigint      NOT NULL, -- events that were kept for it; by a trigger
    reason         text        NOT NULL,
    login          text        NOT NULL DEFAULT session_user,
    forgotten_by   text        NOT NULL DEFAULT '', -- the person, where a login is shared
    forgotten_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    transaction_id xid8        NOT NULL DEFAULT pg_current_xact_id(),
    commit_id      bigint      NOT NULL REFERENCES commit_log,
    CONSTRAINT forgetting_gives_a_reason CHECK (reason ~ '\S')
);

-- Not while a relay publishes there: the longest lease is ten minutes.
CREATE FUNCTION outbox_forget_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
DECLARE
    held record;
BEGIN
    SELECT next_number, owner <> '' AND seen_at > clock_timestamp() - interval '10 minutes' AS lives
      INTO held
      FROM outbox_destination WHERE destination = NEW.destination FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such destination is known'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'forgotten_is_what_was_known',
                  TABLE = 'outbox_forgotten';
    END IF;
    IF held.lives THEN
        RAISE EXCEPTION 'a relay publishes to this destination'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_live_destination_is_not_forgotten',
                  TABLE = 'outbox_forgotten';
    END IF;
    NEW.next_number := held.next_number;
    NEW.held_count := (SELECT count(*) FROM outbox_order WHERE number >= held.next_number);
    RETURN NEW;
END
$$;
CREATE TRIGGER forgotten_is_what_was_known BEFORE INSERT ON outbox_forgotten
    FOR EACH ROW EXECUTE FUNCTION outbox_forget_guard();

CREATE FUNCTION outbox_forget() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    DELETE FROM outbox_destination WHERE destination = NEW.destination;
    RETURN NULL;
END
$$;
CREATE TRIGGER outbox_forget AFTER INSERT ON outbox_forgotten
    FOR EACH ROW EXECUTE FUNCTION outbox_forget();

CREATE FUNCTION outbox_destination_stays() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM outbox_forgotten
                    WHERE destination = OLD.destination AND next_number = OLD.next_number
                      AND transaction_id = pg_current_xact_id()) THEN
        RAISE EXCEPTION 'a destination is forgotten on record only'
            USING ERRCODE = 'restrict_violation',
                  CONSTRAINT = 'a_destination_is_forgotten_on_record',
                  TABLE = 'outbox_destination';
    END IF;
    RETURN OLD;
END
$$;
DROP TRIGGER outbox_destinations_stay ON outbox_destination;
CREATE TRIGGER outbox_destinations_stay BEFORE TRUNCATE ON outbox_destination
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER a_destination_is_forgotten_on_record BEFORE DELETE ON outbox_destination
    FOR EACH ROW EXECUTE FUNCTION outbox_destination_stays();
CREATE TRIGGER forgotten_destinations_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON outbox_forgotten
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT INSERT (event_name, event_type, event_key, corridor, payload, commit_id) ON outbox
    TO sawa_relay;
GRANT SELECT ON outbox_forgotten TO sawa_relay, sawa_reader;
GRANT INSERT (destination, reason, forgotten_by, commit_id) ON outbox_forgotten TO sawa_relay;

RESET ROLE;
COMMIT;
