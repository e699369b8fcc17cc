-- What does the corridor of a window say about its rates? No row: nothing. As of: the last instant
-- of the window.
--   $1 window_id bigint
SELECT fx.rate_source, fx.side, fx.max_age_minutes, fx.pivot_currency, fx.rounding,
       fx.position_account_id, fx.gain_account_id, corridor.source_currency,
       corridor.settlement_currency, w.cut_off - interval '1 microsecond' AS as_of
  FROM settlement_window AS w
  JOIN corridor_fx AS fx ON fx.corridor_id = w.corridor_id AND fx.version = w.corridor_version
  JOIN corridor ON corridor.corridor_id = w.corridor_id AND corridor.version = w.corridor_version
 WHERE w.window_id = $1::bigint;
