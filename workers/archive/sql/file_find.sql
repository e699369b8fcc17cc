-- What do we know of an archive file of this name?
--   $1 name text
SELECT day, sha256, size,
       EXISTS (SELECT FROM expired_day
                WHERE parent = 'batch_raw' AND expired_day.day = archive_file.day) AS expired
  FROM archive_file
 WHERE name = $1::text;
