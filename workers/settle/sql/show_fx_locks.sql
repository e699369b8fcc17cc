-- What the locks of a window covered.
--   $1 window_id bigint
SELECT used.lock_id, fx.source_currency, fx.currency,
       fx_lock.base_currency || '/' || fx_lock.quote_currency AS pair, fx_lock.rate_e10, used.cover,
       used.claimed_minor, used.covered_minor, used.lock_worth_minor, used.rate_worth_minor,
       used.lock_worth_minor - used.rate_worth_minor AS result_minor
  FROM window_fx_lock AS used
  JOIN window_fx AS fx USING (window_id)
  JOIN fx_lock USING (lock_id)
 WHERE used.window_id = $1::bigint
 ORDER BY fx_lock.business_date IS NOT NULL, fx_lock.valid_from, used.lock_id;
