-- Where two people said otherwise than we ship: which findings hold statements of an account back?
-- What was said of all accounts comes first, so that the account's own word is the last one.
--   $1 account_id integer or null
SELECT code, holds
  FROM hold_policy
 WHERE holds IS NOT NULL AND (account_id IS NULL OR account_id = $1::integer)
 ORDER BY account_id NULLS FIRST, code;
