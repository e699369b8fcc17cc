-- What was parked in the last hour and day, by reason? Parked records wait for an operator; the
-- stream goes on, so they do not stand still.
--   $1 now timestamptz   $2 limit integer
WITH parked_lately AS (
    SELECT reason, max(parked_at) AS last_at, count(*) AS last_day,
           count(*) FILTER (WHERE parked_at > $1::timestamptz - interval '1 hour') AS last_hour
      FROM parked
     WHERE parked_at > $1::timestamptz - interval '1 day' AND state = 'PARKED'
     GROUP BY reason
)
SELECT (sum(last_day) OVER ())::bigint AS total, 0 AS still, false AS is_still, reason, last_hour,
       last_day, last_at
  FROM parked_lately
 ORDER BY last_day DESC, reason
 LIMIT $2::integer;
