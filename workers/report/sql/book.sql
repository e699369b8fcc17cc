-- What do the books say an account holds at the end of a date?
--   $1 account_id integer, $2 as_of date
SELECT coalesce(sum(debit_minor) - sum(credit_minor), 0)::bigint
  FROM posting
 WHERE account_id = $1::integer AND booking_date <= $2::date;
