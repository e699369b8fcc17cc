-- The second way to the same totals: entries of a span per currency, without looking at accounts.
--   $1 from_date date (null: since the books began), $2 until_date date,
--   $3 currency text (null: all)
SELECT currency, count(*) AS entries, sum(amount_minor)::bigint AS amount_minor
  FROM journal_entry
 WHERE ($1::date IS NULL OR booking_date >= $1::date) AND booking_date <= $2::date
   AND ($3::text IS NULL OR currency = $3::text)
 GROUP BY currency
 ORDER BY currency COLLATE "C";
