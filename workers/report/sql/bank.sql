-- What does the bank say an account holds at the end of a date, and in which statement?
--   $1 account_id integer, $2 as_of date
(SELECT closing_minor, closing_date, sequence_number, format
   FROM statement
  WHERE account_id = $1::integer AND state = 'LOADED' AND closing_date <= $2::date
  ORDER BY closing_date DESC, page DESC, statement_id DESC
  LIMIT 1)
UNION ALL
(SELECT opening.bank_minor, opening.business_date, '', 'opening'
   FROM account_opening AS opening
   JOIN account_opening_approval USING (opening_id)
  WHERE opening.account_id = $1::integer AND opening.business_date <= $2::date)
LIMIT 1;
