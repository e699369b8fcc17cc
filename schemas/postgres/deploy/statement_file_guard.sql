-- Deploy sawa:statement_file_guard to pg
-- requires: contradiction
-- A file of statements that is through, or was refused, stays so.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

-- A file comes as any of the three; then there is one arrow:
--
--   LOADING ──> LOADED     all of its statements are stored
--
-- LOADED that became LOADING would be read again from its start; REFUSED that became LOADED would
-- count, though nothing of it was read.
CREATE FUNCTION statement_file_guard() RETURNS trigger
    LANGUAGE plpgsql SET search_path = sawa, pg_temp AS $$
BEGIN
    IF (OLD.state, NEW.state) <> ('LOADING', 'LOADED') THEN
        RAISE EXCEPTION 'a statement file does not move from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'statement_file_moves_once',
                  TABLE = 'statement_file';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER statement_file_moves_once BEFORE UPDATE OF state ON statement_file
    FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION statement_file_guard();

CREATE TRIGGER statement_files_stay BEFORE DELETE OR TRUNCATE ON statement_file
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

RESET ROLE;
COMMIT;
