-- What does a window hold, folded?
--   $1 window_id bigint
SELECT fold_id, payment_count, late_count, gross_minor
  FROM window_fold
 WHERE window_id = $1::bigint;
