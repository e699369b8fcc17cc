-- What a revert script asks before it drops anything; included by \ir, gone with its session.
-- deploy/schema reads the names in the CALL too: it asks for every change before it reverts one.

CREATE PROCEDURE pg_temp.refuse_rows(VARIADIC names text[]) LANGUAGE plpgsql AS $$
DECLARE
    name text;
    held boolean;
    holding text[] := '{}';
BEGIN
    SET LOCAL lock_timeout = '10s';
    FOREACH name IN ARRAY names LOOP
        CONTINUE WHEN to_regclass('sawa.' || name) IS NULL;
        EXECUTE format('LOCK TABLE sawa.%I IN ACCESS EXCLUSIVE MODE', name); -- no row slips in
        EXECUTE format('SELECT EXISTS (SELECT FROM sawa.%I)', name) INTO held;
        IF held THEN
            holding := holding || name;
        END IF;
    END LOOP;
    IF holding <> '{}' THEN
        RAISE EXCEPTION 'not reverted, these hold rows: %', array_to_string(holding, ', ')
            USING ERRCODE = 'restrict_violation',
                  HINT = 'what holds money goes forward: deploy a new change that puts it right;'
                         ' a scratch database is dropped whole';
    END IF;
END
$$;
