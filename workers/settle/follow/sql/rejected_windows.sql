-- Which windows have instructions that a bank rejected and whose items are still expected? And on
-- which day is that booked: never before the item was.
--   $1 now timestamptz
SELECT w.window_id, booking_day(w.window_id, rejected.book_date, $1::timestamptz) AS day
  FROM (SELECT instruction.window_id, max(item.book_date) AS book_date
          FROM instruction
          JOIN expected_item AS item USING (instruction_id)
         WHERE instruction.status = 'REJECTED' AND item.is_open
         GROUP BY instruction.window_id) AS rejected
  JOIN settlement_window AS w USING (window_id)
 WHERE w.state IN ('INSTRUCTED', 'FAILED')
 ORDER BY w.window_id;
