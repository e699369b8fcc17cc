-- The locks behind the result of a window, and where their events are.
--   $1 window_id bigint
SELECT used.lock_id, used.cover, fx_lock.rate_e10, used.covered_minor, used.lock_worth_minor,
       used.rate_worth_minor, place.topic, place.generation, place.partition,
       fx_lock.record_offset
  FROM window_fx_lock AS used
  JOIN fx_lock USING (lock_id)
  LEFT JOIN LATERAL (SELECT * FROM batch_place
                      WHERE batch_place.batch_id = fx_lock.batch_id
                      LIMIT 1) AS place ON true
 WHERE used.window_id = $1::bigint
 ORDER BY fx_lock.business_date IS NOT NULL, fx_lock.valid_from, used.lock_id;
