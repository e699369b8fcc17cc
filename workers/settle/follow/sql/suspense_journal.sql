-- Book what was approved, on the day that the approval found open.
--   $1 clearing_id bigint
INSERT INTO journal_entry (commit_id, line, debit_account_id, credit_account_id, amount_minor,
                           currency, booking_date)
SELECT commit_id, 1, debit_account_id, credit_account_id, amount_minor, currency, booked_on
  FROM suspense_booking
 WHERE clearing_id = $1::bigint
RETURNING debit_account_id, credit_account_id, amount_minor;
