-- How the breaks of an account moved on a date: opening + new - closed = closing.
--   $1 account_id integer, $2 as_of date
SELECT count(*) FILTER (WHERE opened_on < $2::date
                          AND (closed_on IS NULL OR closed_on >= $2::date))::bigint AS opening,
       count(*) FILTER (WHERE opened_on = $2::date)::bigint AS new,
       count(*) FILTER (WHERE closed_on = $2::date)::bigint AS closed,
       count(*) FILTER (WHERE opened_on <= $2::date
                          AND (closed_on IS NULL OR closed_on > $2::date))::bigint AS closing
  FROM break_item
 WHERE account_id = $1::integer;
