-- A file is through.
--   $1 file_id bigint, $2 state text
UPDATE statement_file SET state = $2::text WHERE file_id = $1::bigint;
