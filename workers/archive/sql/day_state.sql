-- How far is a day on its way out: attached, detaching, detached; no row: it is gone.
--   $1 parent text   $2 day date
SELECT CASE WHEN inhparent IS NULL THEN 'detached'
            WHEN inhdetachpending THEN 'detaching' ELSE 'attached' END AS state
  FROM pg_class
  LEFT JOIN pg_inherits ON inhrelid = pg_class.oid
 WHERE relnamespace = 'sawa'::regnamespace
   AND relname = $1::text || '_' || to_char($2::date, 'YYYYMMDD');
