-- Drop the table of a day that was let go. False: it is attached still.
--   $1 parent text   $2 day date
SELECT day_drop($1::text, $2::date);
