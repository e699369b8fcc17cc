-- The chart of accounts.
--   $1 currency text (null: all)
SELECT code, kind, normal_side, currency, coalesce(participant, '') AS participant, meaning
  FROM chart_of_accounts
 WHERE $1::text IS NULL OR currency = $1::text
 ORDER BY kind COLLATE "C", currency COLLATE "C", code COLLATE "C";
