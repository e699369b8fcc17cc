-- Make the partition of one day where it is missing. True: it was made now.
--   $1 parent text   $2 day date
SELECT ensure_day($1::text, $2::date);
