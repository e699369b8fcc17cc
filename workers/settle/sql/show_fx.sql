-- What a window was worth at its rate, the quotes that made it, and what its locks brought.
--   $1 window_id bigint
SELECT fx.source_currency, fx.currency, fx.rate_source, fx.side, fx.as_of, fx.rate_e10,
       quote.base_currency || '/' || quote.quote_currency AS quote_pair, fx.quote_id,
       quote.valid_from AS quoted_at,
       coalesce(pivot.base_currency || '/' || pivot.quote_currency, '') AS pivot_pair,
       fx.pivot_quote_id, fx.volume_minor, fx.worth_minor, fx.locked_minor, fx.result_minor
  FROM window_fx AS fx
  JOIN fx_rate AS quote ON quote.event_id = fx.quote_id
  LEFT JOIN fx_rate AS pivot ON pivot.event_id = fx.pivot_quote_id
 WHERE fx.window_id = $1::bigint;
