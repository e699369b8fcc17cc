-- Which file holds a day's raw records?
--   $1 day date
SELECT name, sha256, size FROM archive_file WHERE day = $1::date ORDER BY number DESC LIMIT 1;
