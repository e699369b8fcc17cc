-- Book once more what was made after all. No row: nothing was.
--   $1 ruling_id bigint
INSERT INTO journal_entry (commit_id, line, debit_account_id, credit_account_id, amount_minor,
                           currency, booking_date, window_id)
SELECT commit_id, 1, debit_account_id, credit_account_id, amount_minor, currency, booked_on,
       window_id
  FROM ruling_booking
 WHERE ruling_id = $1::bigint
RETURNING debit_account_id, credit_account_id, amount_minor;
