-- The postings of an account, oldest first, as a stream: read on with stream_fetch.sql.
--   $1 account_id integer, $2 from_date date (null: all), $3 until_date date
DECLARE ledger_stream NO SCROLL CURSOR FOR
SELECT booking_date, commit_id, line, debit_minor, credit_minor,
       coalesce(other.code, '?') AS other_code, commit_log.action
  FROM (SELECT booking_date, commit_id, line, amount_minor AS debit_minor,
               0::bigint AS credit_minor, credit_account_id AS other_id
          FROM journal_entry
         WHERE debit_account_id = $1::integer
        UNION ALL
        SELECT booking_date, commit_id, line, 0, amount_minor, debit_account_id
          FROM journal_entry
         WHERE credit_account_id = $1::integer) AS posted
  LEFT JOIN account AS other ON other.account_id = posted.other_id
  LEFT JOIN commit_log USING (commit_id)
 WHERE ($2::date IS NULL OR booking_date >= $2::date) AND booking_date <= $3::date
 ORDER BY booking_date, commit_id, line;
