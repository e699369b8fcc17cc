-- Which windows have payments whose money a bank sends back, and nothing expects it yet? And on
-- which day is that booked: never before the payment was.
--   $1 now timestamptz
SELECT w.window_id, booking_day(w.window_id, returned.book_date, $1::timestamptz) AS day
  FROM (SELECT instruction.window_id, max(item.book_date) AS book_date
          FROM payment_return
          JOIN instruction USING (instruction_id)
          JOIN expected_item AS item USING (instruction_id)
         WHERE NOT EXISTS (SELECT FROM expected_item AS back
                            WHERE back.return_id = payment_return.return_id)
         GROUP BY instruction.window_id) AS returned
  JOIN settlement_window AS w USING (window_id)
 WHERE w.state IN ('INSTRUCTED', 'SETTLED', 'FAILED')
 ORDER BY w.window_id;
