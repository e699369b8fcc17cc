-- Deploy sawa:roles to pg
-- One role per program with only the rights it needs; one owner that never logs in.

BEGIN;

DO $$
DECLARE
    program text;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sawa_owner') THEN
        CREATE ROLE sawa_owner NOLOGIN;
    END IF;
    FOREACH program IN ARRAY ARRAY['ingest', 'fx', 'settle', 'statement', 'reconcile', 'report',
                                   'corridor', 'maker', 'checker', 'reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sawa_' || program) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', 'sawa_' || program);
        END IF;
    END LOOP;
    EXECUTE format('ALTER DATABASE %I SET search_path = sawa', current_database());
    EXECUTE format('GRANT CREATE ON DATABASE %I TO sawa_owner', current_database());
    EXECUTE format('GRANT sawa_owner TO %I', current_user);
END
$$;

CREATE SCHEMA sawa AUTHORIZATION sawa_owner;
GRANT USAGE ON SCHEMA sawa TO PUBLIC;

COMMIT;
