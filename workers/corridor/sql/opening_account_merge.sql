-- Store the other side of opening balances, one account per currency, where it is new.
--   $1 currency text[]
INSERT INTO account (code, kind, currency)
SELECT 'OPENING:' || one.currency, 'OPENING', one.currency
  FROM (SELECT DISTINCT unnest($1::text[]) AS currency) AS one
 WHERE NOT EXISTS (SELECT FROM account WHERE account.code = 'OPENING:' || one.currency)
 ORDER BY one.currency;
