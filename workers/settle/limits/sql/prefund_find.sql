-- A participant and an account of ours at a bank, by their codes. No row: one of them is unknown.
--   $1 participant code text, $2 account code text (NOSTRO-USD)
SELECT participant.participant_id, account.account_id, account.currency
  FROM participant
  JOIN account ON account.kind = 'NOSTRO' AND account.code = 'NOSTRO:' || $2::text
 WHERE participant.code = $1::text;
