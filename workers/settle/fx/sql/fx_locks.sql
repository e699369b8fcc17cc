-- The locks of a window: those that its payments name, with what these come to, then those that
-- name the window. drawn: what other windows had of them.
--   $1 window_id bigint
WITH w AS (
    SELECT *, cut_off - interval '1 microsecond' AS as_of
      FROM settlement_window
     WHERE window_id = $1::bigint
), named AS (
    SELECT used.lock_id, sum(used.volume) AS claimed_minor, min(used.first) AS used_from,
           max(used.last) AS used_until
      FROM window_delta
     CROSS JOIN LATERAL unnest(lock_ids, lock_volumes, lock_firsts, lock_lasts)
                            AS used (lock_id, volume, first, last)
     WHERE window_id = $1::bigint
     GROUP BY used.lock_id
), of_window AS (
    SELECT fx_lock.lock_id
      FROM w
      JOIN fx_lock ON fx_lock.corridor_id = w.corridor_id
                  AND fx_lock.business_date = w.business_date
                  AND fx_lock.window_sequence = w.sequence
)
SELECT lock_id, of_window.lock_id IS NOT NULL AS is_of_window, fx_lock.base_currency,
       fx_lock.quote_currency, fx_lock.rate_e10, fx_lock.notional_minor, fx_lock.valid_from,
       fx_lock.valid_until,
       (SELECT coalesce(sum(covered_minor), 0)::bigint FROM window_fx_lock AS other
         WHERE other.lock_id = fx_lock.lock_id) AS drawn_minor,
       CASE WHEN coalesce(claimed_minor, 0) BETWEEN -9223372036854775807 AND 9223372036854775807
            THEN coalesce(claimed_minor, 0)::bigint END AS claimed_minor,
       CASE WHEN of_window.lock_id IS NULL THEN used_from ELSE least(used_from, as_of) END
           AS used_from,
       CASE WHEN of_window.lock_id IS NULL THEN used_until ELSE greatest(used_until, as_of) END
           AS used_until
  FROM named
  FULL JOIN of_window USING (lock_id)
  JOIN fx_lock USING (lock_id)
 CROSS JOIN w
 ORDER BY is_of_window, fx_lock.valid_from, lock_id;
