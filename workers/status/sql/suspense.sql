-- What was settled outside and is not cleared, by currency: how much, of how many payments, since
-- when? After a week it stands still: nobody has said what became of it.
--   $1 now timestamptz
WITH one AS (
    SELECT currency, since, left_minor,
           since < $1::timestamptz - interval '7 days' AS is_still
      FROM suspense_item
     WHERE left_minor > 0
)
SELECT (sum(count(*)) OVER ())::bigint AS total,
       (sum(count(*) FILTER (WHERE is_still)) OVER ())::bigint AS still, bool_or(is_still),
       currency::text, count(*) AS payments, min(since) AS since
  FROM one
 GROUP BY currency
 ORDER BY min(since), currency;
