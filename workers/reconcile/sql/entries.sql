-- Statement entries of an account as of a date: open ones, or those matched of the days before it.
--   $1 account_id integer, $2 as_of date, $3 is_open boolean, $4 back_days integer
SELECT entry_id, currency, amount_minor, least(booking_date, value_date) AS date_from,
       greatest(booking_date, value_date) AS date_to, reversal OR returned AS is_return,
       end_to_end_id, instruction_id, customer_reference, transaction_id, uetr, remittance
  FROM statement_entry
 WHERE account_id = $1::integer AND $3::boolean AND is_open AND as_of <= $2::date
UNION ALL
SELECT entry_id, currency, amount_minor, least(booking_date, value_date),
       greatest(booking_date, value_date), reversal OR returned, end_to_end_id, instruction_id,
       customer_reference, transaction_id, uetr, remittance
  FROM statement_entry
 WHERE account_id = $1::integer AND NOT $3::boolean AND NOT is_open AND as_of <= $2::date
   AND as_of > $2::date - $4::integer;
