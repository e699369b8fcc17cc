-- Which open windows have a cut-off that the watermarks of this batch pass?
--   $1 after timestamptz (exclusive)   $2 up_to timestamptz (inclusive)
SELECT window_id, cut_off
  FROM settlement_window
 WHERE state IN ('OPEN', 'CLOSING', 'HELD')
   AND cut_off > $1::timestamptz AND cut_off <= $2::timestamptz
 ORDER BY window_id;
