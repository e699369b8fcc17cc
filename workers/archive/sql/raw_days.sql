-- Which days of raw records are over, how many batches do they hold, and which file was made last?
--   $1 day date (null: any)   $2 before date (null: any)
SELECT days.day, (SELECT count(*) FROM batch_raw WHERE stored_on = days.day) AS batches,
       coalesce(newest.number, 0), newest.name, coalesce(newest.batch_count, 0)
  FROM (SELECT to_date(right(relname, 8), 'YYYYMMDD') AS day
          FROM pg_inherits
          JOIN pg_class ON pg_class.oid = inhrelid
         WHERE inhparent = 'sawa.batch_raw'::regclass AND NOT inhdetachpending) AS days
  LEFT JOIN LATERAL (SELECT * FROM archive_file WHERE archive_file.day = days.day
                      ORDER BY number DESC LIMIT 1) AS newest ON true
 WHERE days.day < (clock_timestamp() AT TIME ZONE 'UTC')::date
   AND ($1::date IS NULL OR days.day = $1::date)
   AND ($2::date IS NULL OR days.day < $2::date)
 ORDER BY days.day;
