-- A payment that was settled outside, and the account of ours at a bank that is named beside it.
--   $1 instruction_id uuid, $2 account code text (NOSTRO-USD; null: none)
SELECT item.currency, account.account_id
  FROM suspense_item AS item
  LEFT JOIN account ON account.kind = 'NOSTRO' AND account.code = 'NOSTRO:' || $2::text
 WHERE item.instruction_id = $1::uuid;
