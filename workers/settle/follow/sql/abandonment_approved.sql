-- Which windows have payments that people approved to settle outside, in time? And on which day is
-- that booked: never before the payment was undone.
--   $1 now timestamptz
SELECT w.window_id, booking_day(w.window_id, approved.undone_on, $1::timestamptz) AS day
  FROM (SELECT one.window_id, max(one.withdrawn_on) AS undone_on
          FROM abandonment
          JOIN abandonment_approval USING (abandonment_id)
          JOIN rejected_instruction AS one USING (instruction_id)
         WHERE clock_timestamp() <= approve_until
           AND abandonment.digest = abandonment_digest(instruction_id)
         GROUP BY one.window_id) AS approved
  JOIN settlement_window AS w USING (window_id)
 WHERE w.state = 'FAILED'
 ORDER BY w.window_id;
