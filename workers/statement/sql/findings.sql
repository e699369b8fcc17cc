-- What was found wrong, the newest first: with one statement, or with all and with refused files.
--   $1 statement_id or 0, $2 severity or '', $3 limit
SELECT finding.statement_id, finding.file_id, severity, finding.code, nullif(finding.entry, 0),
       nullif(finding.line, 0), finding, statement_file.name
  FROM finding
  JOIN statement_file USING (file_id)
 WHERE $1::bigint IN (0, finding.statement_id)
   AND $2::text IN ('', severity)
 ORDER BY finding_id DESC
 LIMIT $3::integer;
