-- Verify sawa:roles on pg

BEGIN;
\ir ../lib/checks.sql

DO $$
DECLARE
    here CONSTANT name := current_database();
BEGIN
    PERFORM pg_temp.complain('roles', ARRAY(
        SELECT name
          FROM unnest(ARRAY['sawa_owner', 'sawa_program', 'sawa_ingest', 'sawa_fx', 'sawa_settle',
                            'sawa_statement', 'sawa_reconcile', 'sawa_report', 'sawa_corridor',
                            'sawa_maker', 'sawa_checker', 'sawa_reader']) AS name
         WHERE NOT EXISTS (SELECT FROM pg_roles
                            WHERE rolname = name AND NOT rolsuper AND NOT rolcreaterole
                              AND NOT rolbypassrls
                              AND NOT (rolcanlogin AND name IN ('sawa_owner', 'sawa_program')))));
    PERFORM pg_temp.complain('rights of sawa_program', ARRAY(
        SELECT wanted.name
          FROM (VALUES ('USAGE', has_schema_privilege('sawa_program', 'sawa', 'USAGE')),
                       ('CONNECT', has_database_privilege('sawa_program', here, 'CONNECT')),
                       ('TEMP', has_database_privilege('sawa_program', here, 'TEMP'))
               ) AS wanted (name, held)
         WHERE NOT held));
    PERFORM pg_temp.complain('owner sawa_owner of schema', ARRAY(
        SELECT 'sawa'
         WHERE NOT EXISTS (SELECT FROM pg_namespace
                            WHERE nspname = 'sawa' AND pg_get_userbyid(nspowner) = 'sawa_owner')));
    PERFORM pg_temp.complain('setting of the database', ARRAY(
        SELECT 'search_path'
         WHERE NOT EXISTS (SELECT FROM pg_db_role_setting
                            WHERE setdatabase = (SELECT oid FROM pg_database
                                                  WHERE datname = here)
                              AND setrole = 0 AND 'search_path=sawa' = ANY (setconfig))));
END
$$;

ROLLBACK;
