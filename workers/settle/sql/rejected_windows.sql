-- Which windows have instructions that a bank rejected and whose items are still expected? And on
-- which day is that booked: the business date of the corridor's window that the instant falls into,
-- else the instant's date; never before the window's own, and at the earliest on the item's.
--   $1 now timestamptz
SELECT w.window_id,
       greatest(w.business_date, rejected.book_date,
                coalesce((SELECT present.business_date
                            FROM settlement_window AS present
                           WHERE present.corridor_id = w.corridor_id
                             AND present.opens_at <= $1::timestamptz
                             AND present.cut_off > $1::timestamptz),
                         ($1::timestamptz AT TIME ZONE 'UTC')::date)) AS day
  FROM (SELECT instruction.window_id, max(item.book_date) AS book_date
          FROM instruction
          JOIN expected_item AS item USING (instruction_id)
         WHERE instruction.status = 'REJECTED' AND item.is_open
         GROUP BY instruction.window_id) AS rejected
  JOIN settlement_window AS w USING (window_id)
 WHERE w.state IN ('INSTRUCTED', 'FAILED')
 ORDER BY w.window_id;
