-- How many FX locks does a folded window still wait for?
--   $1 window_id bigint
SELECT count(*)
  FROM window_fold
  JOIN settlement_window AS w USING (window_id)
  JOIN corridor ON corridor.corridor_id = w.corridor_id AND corridor.version = w.corridor_version
 CROSS JOIN unnest(open_lock_ids) AS wanted (lock_id)
 WHERE window_id = $1::bigint
   AND NOT EXISTS (SELECT FROM fx_lock
                    WHERE fx_lock.lock_id = wanted.lock_id
                      AND fx_lock.corridor_id = w.corridor_id
                      AND (fx_lock.base_currency, fx_lock.quote_currency)
                          IN ((corridor.source_currency, corridor.target_currency),
                              (corridor.target_currency, corridor.source_currency)));
