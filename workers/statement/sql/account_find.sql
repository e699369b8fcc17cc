-- Which account of ours does a statement speak of?
--   $1 account number text, $2 currency text
SELECT account_id, lower(coalesce(statement_format, ''))
  FROM account
 WHERE kind = 'NOSTRO' AND currency = $2::text
   AND translate(servicer_account, ' -', '') = translate($1::text, ' -', '');
