-- A statement, its file and since when it waits.
--   $1 statement_id bigint
SELECT statement.file_id, statement.ordinal, statement.digest, statement.state,
       statement.hold_reason, statement.account_number, statement.currency::text,
       statement.sequence_number, statement.entry_count, statement.closing_minor,
       statement.closing_date, statement_file.received_at, statement_file.name
  FROM statement
  JOIN statement_file USING (file_id)
 WHERE statement.statement_id = $1::bigint;
