-- The second way to the same totals: entries of a span per currency, without looking at accounts.
--   $1 from_date date (null: since the books began), $2 until_date date,
--   $3 currency text (null: all)
SELECT currency, entry_count, amount_minor::bigint AS amount_minor
  FROM entry_totals($1::date, $2::date)
 WHERE $3::text IS NULL OR currency = $3::text
 ORDER BY currency COLLATE "C";
