-- An account of ours at a bank, and the other side of its opening balance?
--   $1 code text
SELECT nostro.account_id, nostro.currency, opening.account_id AS opening_account_id
  FROM account AS nostro
  JOIN account AS opening ON opening.kind = 'OPENING' AND opening.currency = nostro.currency
 WHERE nostro.kind = 'NOSTRO' AND nostro.code = $1::text;
