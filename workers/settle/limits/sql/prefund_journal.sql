-- Book what was placed: our account at the bank has it, and we owe it. Given back: the other way.
--   $1 prefunding_id bigint, $2 commit_id bigint, $3 booking_date date
INSERT INTO journal_entry (commit_id, line, debit_account_id, credit_account_id, amount_minor,
                           currency, booking_date)
SELECT $2::bigint, 1,
       CASE WHEN placed.amount_minor > 0 THEN placed.account_id ELSE owed.account_id END,
       CASE WHEN placed.amount_minor > 0 THEN owed.account_id ELSE placed.account_id END,
       abs(placed.amount_minor), placed.currency, $3::date
  FROM prefunding AS placed
  JOIN account AS owed ON owed.kind = 'PREFUNDING' AND owed.currency = placed.currency
                      AND owed.participant_id = placed.participant_id
 WHERE placed.prefunding_id = $1::bigint;
