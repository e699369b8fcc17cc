-- The next window of a corridor that was not closed a moment ago, kept from others who close it. It
-- may be closed by now: then there is another one, or none. No row: none.
--   $1 window_id bigint
SELECT window_id, corridor_version, state
  FROM settlement_window
 WHERE window_id = (SELECT min(later.window_id)
                      FROM settlement_window AS later
                     WHERE later.window_id > $1::bigint
                       AND later.window_id < (($1::bigint >> 32) + 1) << 32
                       AND later.state IN ('OPEN', 'CLOSING', 'HELD'))
   FOR NO KEY UPDATE;
