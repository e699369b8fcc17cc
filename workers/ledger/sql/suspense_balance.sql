-- What does every suspense account stand at, at the end of a day, by its entries?
--   $1 until date, $2 currency text (null: all)
SELECT code, currency, opening_minor + debit_minor - credit_minor AS balance_minor
  FROM trial_balance(NULL, $1::date)
 WHERE kind = 'SUSPENSE' AND ($2::text IS NULL OR currency = $2::text)
 ORDER BY currency COLLATE "C";
