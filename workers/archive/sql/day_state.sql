-- How far is a day on its way out: attached, detaching, detached; no row: it is gone.
--   $1 parent text   $2 day date
SELECT state FROM retained_days() WHERE parent = $1::text AND day = $2::date;
