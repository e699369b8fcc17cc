-- Deploy sawa:refusals to pg
-- requires: payment_file
-- requires: reconcile
-- requires: window_life
-- What a program's own role could still do and must not: tests/sql/refusals.sql tries all of it.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

-- ---- instructions, breaks: where they begin and how they move ----

CREATE FUNCTION instruction_begins_guard() RETURNS trigger
    LANGUAGE plpgsql SET search_path = sawa, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'an instruction begins PENDING'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'instruction_begins_pending',
              TABLE = 'instruction';
END
$$;
CREATE TRIGGER instruction_begins_pending AFTER INSERT ON instruction
    FOR EACH ROW WHEN (NEW.status <> 'PENDING') EXECUTE FUNCTION instruction_begins_guard();

-- A break is resolved once, and then stays as it is. There is no arrow to APPROVED: it takes a
-- second person, and nothing keeps yet who that was.
CREATE FUNCTION break_guard() RETURNS trigger
    LANGUAGE plpgsql SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NOT ((OLD.state = NEW.state AND OLD.state <> 'RESOLVED')
            OR (OLD.state, NEW.state) IN (('OPEN', 'ASSIGNED'), ('ASSIGNED', 'PROPOSED'),
                                          ('PROPOSED', 'ASSIGNED'), ('OPEN', 'RESOLVED'),
                                          ('ASSIGNED', 'RESOLVED'), ('PROPOSED', 'RESOLVED'),
                                          ('APPROVED', 'RESOLVED'))) THEN
        RAISE EXCEPTION 'a break does not move from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'break_moves_forward',
                  TABLE = 'break_item';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER break_moves_forward BEFORE UPDATE ON break_item
    FOR EACH ROW EXECUTE FUNCTION break_guard();

CREATE FUNCTION break_begins_guard() RETURNS trigger
    LANGUAGE plpgsql SET search_path = sawa, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'a break begins OPEN'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'break_begins_open', TABLE = 'break_item';
END
$$;
CREATE TRIGGER break_begins_open AFTER INSERT ON break_item
    FOR EACH ROW WHEN (NEW.state <> 'OPEN') EXECUTE FUNCTION break_begins_guard();

-- ---- payment files: what is in them, who signs them, by which profile ----

-- An item that is marked as cancelled does not count for i3_instruction_in_one_file: the mark comes
-- with its file's state, and nobody else may set it.
REVOKE INSERT ON payment_file_item FROM sawa_relay;
GRANT INSERT (file_id, line, instruction_id) ON payment_file_item TO sawa_relay;

-- The row lock meets that of the release: who comes first decides.
CREATE FUNCTION payment_file_item_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
DECLARE
    found_state text;
BEGIN
    FOR found_state IN SELECT state FROM payment_file
                        WHERE file_id IN (SELECT file_id FROM added) FOR SHARE LOOP
        IF found_state <> 'PREPARED' THEN
            RAISE EXCEPTION 'a payment file that is % takes no payment any more', found_state
                USING ERRCODE = 'check_violation', CONSTRAINT = 'items_come_before_release',
                      TABLE = 'payment_file_item';
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;
CREATE TRIGGER items_come_before_release AFTER INSERT ON payment_file_item
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION payment_file_item_guard();

-- What a file says of its payments is asked again when it is released: an item may have come since
-- it was stored (i3_control_sum_is_of_its_items).
CREATE TRIGGER i3_released_is_of_its_items AFTER UPDATE OF state ON payment_file
    FOR EACH ROW WHEN (NEW.state = 'RELEASED') EXECUTE FUNCTION payment_file_check();

-- An older profile may ask for fewer signatures, and an older day makes an older profile the one in
-- force: so the file is of now, give or take clocks that differ, and is released within the hours
-- of its profile.
CREATE FUNCTION payment_file_profile_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
DECLARE
    profile bank_profile;
BEGIN
    SELECT * INTO profile
      FROM bank_profile
     WHERE account_id = NEW.account_id
       AND effective_from <= (NEW.prepared_at AT TIME ZONE 'UTC')::date
     ORDER BY effective_from DESC
     LIMIT 1;
    IF profile.version IS DISTINCT FROM NEW.profile_version
       OR NEW.prepared_at NOT BETWEEN clock_timestamp() - interval '1 hour'
                                  AND clock_timestamp() + interval '1 hour'
       OR NEW.release_until > NEW.prepared_at + make_interval(hours => profile.release_hours) THEN
        RAISE EXCEPTION 'a payment file is prepared and released as the profile in force has it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'profile_is_in_force',
                  TABLE = 'payment_file';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER profile_is_in_force AFTER INSERT ON payment_file
    FOR EACH ROW EXECUTE FUNCTION payment_file_profile_guard();

-- Two logins of one person are not two people. Who gives no name is the login's only person.
CREATE UNIQUE INDEX one_person_signs_once ON payment_file_signature (file_id, signed_by)
    WHERE signed_by <> '';

RESET ROLE;
COMMIT;
