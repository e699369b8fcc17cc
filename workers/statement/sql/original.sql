-- What a file is known by.
--   $1 file_id bigint
SELECT size, digest FROM statement_file WHERE file_id = $1::bigint;
