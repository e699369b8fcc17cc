-- What a window was worth at the rate it settled at, and what its locks brought.
--   $1 window_id bigint
SELECT fx.source_currency, fx.currency, fx.rate_source, fx.side, fx.as_of, fx.rate_e10, fx.quote_id,
       fx.pivot_quote_id, fx.volume_minor, fx.worth_minor, fx.locked_minor, fx.result_minor,
       EXISTS (SELECT FROM expired_payment_total AS gone
                WHERE gone.window_id = fx.window_id) AS is_let_go
  FROM window_fx AS fx
 WHERE fx.window_id = $1::bigint;
