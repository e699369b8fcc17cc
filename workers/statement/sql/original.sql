-- A file as it came, compressed; null where it was too large to keep.
--   $1 file_id
SELECT original, size, digest
  FROM statement_file
 WHERE file_id = $1::bigint;
