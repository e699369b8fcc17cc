-- Keep a part of a file as it came; one that is there stays.
--   $1 file_id bigint, $2 part integer, $3 key_id integer or null, $4 bytes bytea
INSERT INTO statement_original (file_id, part, key_id, bytes)
VALUES ($1::bigint, $2::integer, $3::integer, $4::bytea)
    ON CONFLICT ON CONSTRAINT original_part_once DO NOTHING;
