-- What does each account stand at, and what moved it?
--   $1 from_date date (null: since the books began), $2 until_date date,
--   $3 currency text (null: all)
SELECT code, kind, normal_side, currency, opening_minor, debit_minor, credit_minor
  FROM trial_balance($1::date, $2::date)
 WHERE $3::text IS NULL OR currency = $3::text
 ORDER BY currency COLLATE "C", code COLLATE "C";
