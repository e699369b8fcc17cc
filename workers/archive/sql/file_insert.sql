-- Note that a day's raw records stand in a file.
--   $1 day date   $2 number integer   $3 name text   $4 sha256 bytea   $5 size bigint
--   $6 batch_count bigint   $7 record_count bigint   $8 commit_id bigint
INSERT INTO archive_file (day, number, name, sha256, size, batch_count, record_count, commit_id)
VALUES ($1::date, $2::integer, $3::text, $4::bytea, $5::bigint, $6::bigint, $7::bigint,
        $8::bigint);
