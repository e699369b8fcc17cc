-- Does somebody keep a window from closing?
--   $1 window_id bigint
SELECT hold_id, login, held_by, reason
  FROM settlement_hold
 WHERE window_id = $1::bigint AND is_live;
