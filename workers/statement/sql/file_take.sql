-- Note that a file came in; a file that came before keeps its row. Its original is kept in parts.
--   $1 digest bytea, $2 name text, $3 size bigint, $4 received_at timestamptz, $5 state text
INSERT INTO statement_file (digest, name, size, received_at, state)
VALUES ($1::bytea, $2::text, $3::bigint, $4::timestamptz, $5::text)
    ON CONFLICT ON CONSTRAINT a_file_is_its_digest DO NOTHING;
