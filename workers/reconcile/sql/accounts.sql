-- The accounts that statements speak of.
--   $1 code text (null: all)
SELECT account_id, code
  FROM account
 WHERE kind = 'NOSTRO' AND ($1::text IS NULL OR code = $1::text)
 ORDER BY account_id;
