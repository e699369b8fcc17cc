-- How many earlier windows of the corridor, not closed yet, have payments that name one of these
-- locks? They draw on it first, whoever is closed first.
--   $1 window_id bigint, $2 lock_ids uuid[]
SELECT count(*)
  FROM settlement_window AS w
  JOIN settlement_window AS earlier
    ON earlier.corridor_id = w.corridor_id AND earlier.cut_off < w.cut_off
   AND earlier.state IN ('OPEN', 'CLOSING', 'HELD')
  JOIN corridor_fx AS fx
    ON fx.corridor_id = earlier.corridor_id AND fx.version = earlier.corridor_version
 WHERE w.window_id = $1::bigint
   AND EXISTS (SELECT FROM window_delta AS delta
                WHERE delta.window_id = earlier.window_id AND delta.lock_ids && $2::uuid[]);
