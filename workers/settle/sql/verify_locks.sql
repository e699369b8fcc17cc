-- Which payments of closed windows lie outside the FX lock they name? One row per lock: not
-- there, another corridor, accepted outside its validity, or more than its notional amount.
--   $1 window_id bigint (null: every closed window), $2 since date
SELECT payment.lock_id, count(*)::bigint AS payment_count,
       bool_or(fx_lock.lock_id IS NULL) AS missing,
       bool_or(fx_lock.corridor_id <> payment.corridor_id) AS of_another_corridor,
       count(*) FILTER (WHERE payment.acceptance_time < fx_lock.valid_from
                           OR payment.acceptance_time >= fx_lock.valid_until)::bigint AS outside
  FROM payment
  JOIN net_proof USING (window_id)
  JOIN settlement_window USING (window_id)
  LEFT JOIN fx_lock USING (lock_id)
 WHERE payment.lock_id IS NOT NULL AND ($1::bigint IS NULL OR window_id = $1::bigint)
   AND settlement_window.business_date >= $2::date
 GROUP BY payment.lock_id
HAVING bool_or(fx_lock.lock_id IS NULL) OR bool_or(fx_lock.corridor_id <> payment.corridor_id)
    OR count(*) FILTER (WHERE payment.acceptance_time < fx_lock.valid_from
                           OR payment.acceptance_time >= fx_lock.valid_until) > 0
 ORDER BY payment.lock_id;
