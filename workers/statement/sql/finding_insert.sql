-- Store what is wrong with a statement, or with a file (statement_id null).
--   $1 file_id bigint, $2 statement_id bigint, $3 code text[], $4 severity text[],
--   $5 entry integer[], $6 line bigint[], $7 finding text[]
INSERT INTO finding (file_id, statement_id, code, severity, entry, line, finding)
SELECT $1::bigint, $2::bigint, one.code, one.severity, one.entry, one.line, one.finding
  FROM unnest($3::text[], $4::text[], $5::integer[], $6::bigint[], $7::text[])
       AS one (code, severity, entry, line, finding);
