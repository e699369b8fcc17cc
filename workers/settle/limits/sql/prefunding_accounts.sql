-- The accounts in a currency that keep what these participants placed?
--   $1 currency text, $2 participant_id integer[]
SELECT participant_id, account_id
  FROM account
 WHERE kind = 'PREFUNDING' AND currency = $1::text AND participant_id = ANY ($2::integer[])
 ORDER BY participant_id;
