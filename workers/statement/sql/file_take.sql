-- Note that a file came in; a file that came before keeps its row.
--   $1 digest bytea, $2 name text, $3 size bigint, $4 original bytea, $5 received_at timestamptz,
--   $6 state text
INSERT INTO statement_file (digest, name, size, original, received_at, state)
VALUES ($1::bytea, $2::text, $3::bigint, $4::bytea, $5::timestamptz, $6::text)
    ON CONFLICT ON CONSTRAINT a_file_is_its_digest DO NOTHING;
