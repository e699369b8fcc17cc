-- Statements that came in, the newest first.
--   $1 account code or '', $2 state or '', $3 first closing date or null, $4 last one or null,
--   $5 limit
SELECT statement_id, file_id, coalesce(account.code, account_number), format,
       sequence_number, opening_minor, closing_minor, statement.currency::text, closing_date,
       statement.state, hold_reason, statement_file.received_at, entry_count,
       (SELECT count(*) FROM finding WHERE finding.statement_id = statement.statement_id),
       (SELECT max(proposal_id) FROM statement_proposal AS waiting
         WHERE waiting.statement_id = statement.statement_id
           AND waiting.expires_at > clock_timestamp()
           AND NOT EXISTS (SELECT FROM statement_decision AS decided
                            WHERE decided.proposal_id = waiting.proposal_id)),
       statement_file.name
  FROM statement
  JOIN statement_file USING (file_id)
  LEFT JOIN account USING (account_id)
 WHERE $1::text IN ('', account.code)
   AND $2::text IN ('', statement.state)
   AND ($3::date IS NULL OR closing_date >= $3::date)
   AND ($4::date IS NULL OR closing_date <= $4::date)
 ORDER BY statement_id DESC
 LIMIT $5::integer;
