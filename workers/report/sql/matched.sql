-- What was matched, by rule: on a date, and up to it.
--   $1 account_id integer, $2 as_of date
SELECT rule, count(*) FILTER (WHERE matched_on = $2::date)::bigint AS day_count,
       coalesce(sum(entry_minor) FILTER (WHERE matched_on = $2::date), 0)::bigint AS day_minor,
       count(*)::bigint AS to_date_count, sum(entry_minor)::bigint AS to_date_minor,
       sum(difference_minor)::bigint AS difference_minor
  FROM match
 WHERE account_id = $1::integer AND state = 'CONFIRMED' AND matched_on <= $2::date
 GROUP BY rule
 ORDER BY rule;
