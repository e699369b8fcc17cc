-- Expected items of an account as of a date: open ones, or those matched that were booked in the
-- days before it. What was withdrawn is neither.
--   $1 account_id integer, $2 as_of date, $3 is_open boolean, $4 back_days integer
SELECT expected_item_id, currency, amount_minor, value_date, due_date, end_to_end_id, reference
  FROM expected_item
 WHERE account_id = $1::integer AND $3::boolean AND is_open AND book_date <= $2::date
UNION ALL
SELECT expected_item_id, currency, amount_minor, value_date, due_date, end_to_end_id, reference
  FROM expected_item
 WHERE account_id = $1::integer AND NOT $3::boolean AND NOT is_open AND book_date <= $2::date
   AND book_date > $2::date - $4::integer
   AND NOT EXISTS (SELECT FROM withdrawal
                    WHERE withdrawal.expected_item_id = expected_item.expected_item_id);
