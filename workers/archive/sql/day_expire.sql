-- Let a day go, unless something holds it. How many rows are that?
--   $1 parent text   $2 day date   $3 commit_id bigint
SELECT day_expire($1::text, $2::date, $3::bigint);
