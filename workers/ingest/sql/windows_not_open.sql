-- Which of these windows no longer take payments? Asked after the gates are held.
--   $1 window_ids bigint[]
SELECT window_id
  FROM settlement_window
 WHERE window_id = ANY ($1::bigint[]) AND state <> 'OPEN'
 ORDER BY window_id;
