-- Do we know a file, and how far did it come?
--   $1 digest bytea
SELECT file_id, state FROM statement_file WHERE digest = $1::bytea;
