-- A part of a file as it came: a zstd frame, sealed where there is a key. A file of before parts
-- were kept is one part.
--   $1 file_id bigint, $2 part integer
SELECT bytes, key_id FROM statement_original WHERE file_id = $1::bigint AND part = $2::integer
UNION ALL
SELECT original, NULL
  FROM statement_file
 WHERE file_id = $1::bigint AND $2::integer = 1 AND original IS NOT NULL;
