-- Deploy sawa:statement_original to pg
-- requires: statement_stream
-- The original of a statement file in parts, so that nobody holds it whole: each a zstd frame of up
-- to 4 MiB of the file, sealed where the program has a key. Files of before are kept in their row.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

CREATE TABLE statement_original (
    file_id bigint  NOT NULL REFERENCES statement_file,
    part    integer NOT NULL, -- 1 is the first
    key_id  integer REFERENCES data_key, -- null: not sealed
    bytes   bytea   NOT NULL,
    CONSTRAINT original_part_once PRIMARY KEY (file_id, part),
    CONSTRAINT original_parts_count_from_one CHECK (part > 0)
);
ALTER TABLE statement_original ALTER COLUMN bytes SET STORAGE EXTERNAL;

CREATE TRIGGER originals_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON statement_original
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON statement_original TO sawa_statement;
GRANT SELECT ON statement_original TO sawa_checker, sawa_reader;
GRANT SELECT ON data_key TO sawa_checker; -- who releases a statement opens its original

RESET ROLE;
COMMIT;
