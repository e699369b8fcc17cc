-- Take the pending deltas of a window into its running totals, and see which FX locks are missing.
-- The caller holds the window's row (window_lock.sql).
--   $1 window_id bigint
WITH taken AS (
    UPDATE window_delta SET fold_id = fold.id
      FROM (SELECT nextval('fold_id_seq') AS id) AS fold
     WHERE window_id = $1::bigint AND fold_id IS NULL
    RETURNING fold_id, payment_count, late_count, gross_minor, debtor_ids, creditor_ids, counts,
              minors, lock_ids, fee_numbers, fee_debtor_ids, fee_creditor_ids, fee_counts,
              fee_minors
), pair AS (
    SELECT debtor_id, creditor_id, sum(count)::bigint AS count, sum(minor)::bigint AS minor
      FROM (SELECT one.debtor_id, one.creditor_id, one.count::bigint, one.minor
              FROM taken, unnest(debtor_ids, creditor_ids, counts, minors)
                          AS one (debtor_id, creditor_id, count, minor)
            UNION ALL
            SELECT one.debtor_id, one.creditor_id, one.count, one.minor
              FROM window_fold, unnest(debtor_ids, creditor_ids, counts, minors)
                                AS one (debtor_id, creditor_id, count, minor)
             WHERE window_id = $1::bigint) AS part
     GROUP BY debtor_id, creditor_id
), charge AS (
    SELECT fee_number, debtor_id, creditor_id, sum(count)::bigint AS count,
           sum(minor)::bigint AS minor
      FROM (SELECT one.fee_number, one.debtor_id, one.creditor_id, one.count::bigint, one.minor
              FROM taken, unnest(fee_numbers, fee_debtor_ids, fee_creditor_ids, fee_counts,
                                 fee_minors)
                          AS one (fee_number, debtor_id, creditor_id, count, minor)
            UNION ALL
            SELECT one.fee_number, one.debtor_id, one.creditor_id, one.count, one.minor
              FROM window_fold, unnest(fee_numbers, fee_debtor_ids, fee_creditor_ids, fee_counts,
                                       fee_minors)
                                AS one (fee_number, debtor_id, creditor_id, count, minor)
             WHERE window_id = $1::bigint) AS part
     GROUP BY fee_number, debtor_id, creditor_id
), wanted_lock AS (
    SELECT unnest(lock_ids) AS lock_id FROM taken
    UNION
    SELECT unnest(open_lock_ids) FROM window_fold WHERE window_id = $1::bigint
), open_lock AS (
    SELECT coalesce(array_agg(lock_id ORDER BY lock_id), '{}') AS ids
      FROM wanted_lock
     WHERE NOT EXISTS (SELECT FROM fx_lock
                         JOIN settlement_window AS w ON w.window_id = $1::bigint
                         JOIN corridor ON corridor.corridor_id = w.corridor_id
                                      AND corridor.version = w.corridor_version
                        WHERE fx_lock.lock_id = wanted_lock.lock_id
                          AND fx_lock.corridor_id = w.corridor_id
                          AND (fx_lock.base_currency, fx_lock.quote_currency)
                              IN ((corridor.source_currency, corridor.target_currency),
                                  (corridor.target_currency, corridor.source_currency)))
), total AS (
    SELECT max(fold_id) AS fold_id, count(*) AS delta_count, sum(payment_count) AS payment_count,
           sum(late_count) AS late_count, sum(gross_minor) AS gross_minor
      FROM taken
), pairs AS (
    SELECT array_agg(debtor_id ORDER BY debtor_id, creditor_id) AS debtor_ids,
           array_agg(creditor_id ORDER BY debtor_id, creditor_id) AS creditor_ids,
           array_agg(count ORDER BY debtor_id, creditor_id) AS counts,
           array_agg(minor ORDER BY debtor_id, creditor_id) AS minors
      FROM pair
), charges AS (
    SELECT coalesce(array_agg(fee_number ORDER BY fee_number, debtor_id, creditor_id), '{}')
               AS fee_numbers,
           coalesce(array_agg(debtor_id ORDER BY fee_number, debtor_id, creditor_id), '{}')
               AS debtor_ids,
           coalesce(array_agg(creditor_id ORDER BY fee_number, debtor_id, creditor_id), '{}')
               AS creditor_ids,
           coalesce(array_agg(count ORDER BY fee_number, debtor_id, creditor_id), '{}') AS counts,
           coalesce(array_agg(minor ORDER BY fee_number, debtor_id, creditor_id), '{}') AS minors
      FROM charge
)
INSERT INTO window_fold AS held
SELECT $1::bigint, fold_id, delta_count, payment_count, late_count, gross_minor, pairs.debtor_ids,
       pairs.creditor_ids, pairs.counts, pairs.minors, open_lock.ids, charges.fee_numbers,
       charges.debtor_ids, charges.creditor_ids, charges.counts, charges.minors
  FROM total, pairs, open_lock, charges
 WHERE delta_count > 0
    ON CONFLICT (window_id) DO UPDATE
   SET fold_id = EXCLUDED.fold_id,
       delta_count = held.delta_count + EXCLUDED.delta_count,
       payment_count = held.payment_count + EXCLUDED.payment_count,
       late_count = held.late_count + EXCLUDED.late_count,
       gross_minor = held.gross_minor + EXCLUDED.gross_minor,
       debtor_ids = EXCLUDED.debtor_ids, creditor_ids = EXCLUDED.creditor_ids,
       counts = EXCLUDED.counts, minors = EXCLUDED.minors, open_lock_ids = EXCLUDED.open_lock_ids,
       fee_numbers = EXCLUDED.fee_numbers, fee_debtor_ids = EXCLUDED.fee_debtor_ids,
       fee_creditor_ids = EXCLUDED.fee_creditor_ids, fee_counts = EXCLUDED.fee_counts,
       fee_minors = EXCLUDED.fee_minors;
