-- Move a window to another state. No row: it was not where we thought.
--   $1 window_id bigint, $2 from_state text, $3 to_state text, $4 hold_reason text
UPDATE settlement_window
   SET state = $3::text, hold_reason = $4::text, changed_at = clock_timestamp()
 WHERE window_id = $1::bigint AND state = $2::text;
