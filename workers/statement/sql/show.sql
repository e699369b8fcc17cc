-- The entries of a statement that is loaded; those that an earlier one brought are with that one.
--   $1 statement_id, $2 limit
SELECT position, value_date, booking_date, amount_minor, currency::text, reversal::text,
       kind, transaction_code, nullif(return_reason, ''), end_to_end_id, customer_reference,
       servicer_reference, remittance
  FROM statement_entry
 WHERE statement_id = $1::bigint
 ORDER BY position
 LIMIT $2::integer;
