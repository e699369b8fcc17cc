-- On which day could a window instruct again at the earliest, as the books have it (the calendars
-- say whether that is a business day), and what is the digest of that? A day that is asked for is
-- taken, where it is none too early. No row: nothing waits.
--   $1 window_id bigint, $2 settlement_date date (null: the first that can be), $3 now timestamptz
WITH asked AS (
    SELECT coalesce($2::date,
                    greatest(max(withdrawn_on), ($3::timestamptz AT TIME ZONE 'UTC')::date)) AS day,
           max(withdrawn_on) AS earliest
      FROM rejected_instruction
     WHERE window_id = $1::bigint
    HAVING count(*) > 0
)
SELECT day, earliest, reinstruction_digest($1::bigint, day) AS digest FROM asked;
