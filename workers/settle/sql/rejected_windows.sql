-- Which windows have instructions that a bank rejected and whose items are still expected? And on
-- which day is that booked: the corridor's first business date whose window is still open, so that
-- no day that was closed changes; without one the instant's date. Never before the window's own,
-- nor before the item was booked.
--   $1 now timestamptz
SELECT w.window_id,
       greatest(w.business_date, rejected.book_date,
                coalesce((SELECT min(present.business_date)
                            FROM settlement_window AS present
                           WHERE present.corridor_id = w.corridor_id AND present.state = 'OPEN'
                             AND present.business_date >= w.business_date),
                         ($1::timestamptz AT TIME ZONE 'UTC')::date)) AS day
  FROM (SELECT instruction.window_id, max(item.book_date) AS book_date
          FROM instruction
          JOIN expected_item AS item USING (instruction_id)
         WHERE instruction.status = 'REJECTED' AND item.is_open
         GROUP BY instruction.window_id) AS rejected
  JOIN settlement_window AS w USING (window_id)
 WHERE w.state IN ('INSTRUCTED', 'FAILED')
 ORDER BY w.window_id;
