-- With what balance, and when, did the statement before this one close?
--   $1 account_id integer, $2 page integer, $3 closing_date date, $4 digest bytea (this one's)
SELECT closing_minor, closing_date
  FROM statement
 WHERE account_id = $1::integer AND state = 'LOADED' AND digest <> $4::bytea
   AND (closing_date, page) < ($3::date, $2::integer)
 ORDER BY closing_date DESC, page DESC
 LIMIT 1;
