-- Deploy sawa:roles to pg
-- One role per program with only the rights it needs; one owner that never logs in.
-- What every program may (connect, read reference data, draw ids) is granted to sawa_program.

BEGIN;

-- Roles belong to the whole cluster: another database may have made them, even a moment ago.
DO $$
DECLARE
    programs CONSTANT text[] := ARRAY[
        'sawa_ingest', 'sawa_fx', 'sawa_settle', 'sawa_statement', 'sawa_reconcile',
        'sawa_report', 'sawa_corridor', 'sawa_maker', 'sawa_checker', 'sawa_reader'];
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['sawa_owner', 'sawa_program'] || programs LOOP
        CONTINUE WHEN EXISTS (SELECT FROM pg_roles WHERE rolname = role_name);
        BEGIN
            EXECUTE format('CREATE ROLE %I %s', role_name,
                           CASE WHEN role_name = ANY (programs) THEN 'LOGIN' ELSE 'NOLOGIN' END);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END LOOP;
    FOREACH role_name IN ARRAY programs LOOP
        CONTINUE WHEN pg_has_role(role_name, 'sawa_program', 'MEMBER');
        BEGIN
            EXECUTE format('GRANT sawa_program TO %I', role_name);
        EXCEPTION WHEN unique_violation THEN
            NULL;
        END;
    END LOOP;
    IF NOT pg_has_role(current_user, 'sawa_owner', 'MEMBER') THEN -- a superuser always is
        EXECUTE format('GRANT sawa_owner TO %I', current_user);
    END IF;

    EXECUTE format('ALTER DATABASE %I SET search_path = sawa', current_database());
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO sawa_program', current_database());
    IF to_regclass('sqitch.changes') IS NOT NULL THEN -- /readyz asks for the schema's version
        GRANT USAGE ON SCHEMA sqitch TO sawa_program;
        GRANT SELECT ON sqitch.changes TO sawa_program;
    END IF;
END
$$;

CREATE SCHEMA sawa AUTHORIZATION sawa_owner;
GRANT USAGE ON SCHEMA sawa TO sawa_program;

-- A function of ours runs for whom it is granted to: PostgreSQL would grant it to everybody.
ALTER DEFAULT PRIVILEGES FOR ROLE sawa_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

COMMIT;
