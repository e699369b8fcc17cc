-- The accounts to report on.
--   $1 code text (null: all)
SELECT account_id, code, currency, coalesce(servicer_bic, ''), servicer_account
  FROM account
 WHERE kind = 'NOSTRO' AND ($1::text IS NULL OR code = $1::text)
 ORDER BY code;
