-- Revert sawa:roles from pg
-- The roles stay: they belong to the cluster, and other databases of it may use them. Where none
-- does, DROP OWNED BY and DROP ROLE by hand.

BEGIN;

DROP SCHEMA sawa; -- without CASCADE: what a change forgot to drop is said
ALTER DEFAULT PRIVILEGES FOR ROLE sawa_owner GRANT EXECUTE ON FUNCTIONS TO PUBLIC;
DO $$
BEGIN
    EXECUTE format('ALTER DATABASE %I RESET search_path', current_database());
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM sawa_program', current_database());
    EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO PUBLIC', current_database());
    IF to_regclass('sqitch.changes') IS NOT NULL THEN
        REVOKE SELECT ON sqitch.changes FROM sawa_program;
        REVOKE USAGE ON SCHEMA sqitch FROM sawa_program;
    END IF;
END
$$;

COMMIT;
