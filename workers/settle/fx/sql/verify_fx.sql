-- Where does what closed windows were worth at their rate and their locks differ from their
-- payments, quotes and locks? All of it is reckoned again: a second opinion on domain/fx_rate.c
-- and fx_gain.c too. Windows of which payments have expired cannot be looked at. One row per
-- difference.
--   $1 window_id bigint (null: every closed window), $2 since date,
--   $3 currency text[], $4 decimals integer[]
WITH closed AS (
    SELECT fx.*, w.corridor_id, policy.max_age_minutes, policy.pivot_currency,
           policy.gain_account_id,
           power(10::numeric, (SELECT places FROM unnest($3::text[], $4::integer[])
                                   AS unit (name, places) WHERE name = fx.currency)) AS unit,
           power(10::numeric, (SELECT places FROM unnest($3::text[], $4::integer[])
                                   AS unit (name, places) WHERE name = fx.source_currency))
               AS source_unit
      FROM window_fx AS fx
      JOIN settlement_window AS w USING (window_id)
      JOIN corridor_fx AS policy ON policy.corridor_id = w.corridor_id
                                AND policy.version = w.corridor_version
     WHERE ($1::bigint IS NULL OR window_id = $1::bigint) AND business_date >= $2::date
       AND NOT EXISTS (SELECT FROM expired_payment_total AS gone
                        WHERE gone.window_id = fx.window_id)
), paid AS (
    SELECT window_id, coalesce(payment.lock_id, '00000000-0000-0000-0000-000000000000') AS lock_id,
           sum(CASE kind WHEN 1 THEN instructed_minor ELSE -instructed_minor::numeric END)
               AS volume_minor,
           min(acceptance_time) AS used_from, max(acceptance_time) AS used_until
      FROM closed
      JOIN payment USING (window_id)
     GROUP BY 1, 2
), volume AS (
    SELECT window_id, sum(volume_minor) AS volume_minor FROM paid GROUP BY window_id
), leg AS ( -- an inverse quote is read on its other side
    SELECT closed.window_id, leg.number, leg.is_inverse, quote.*,
           CASE closed.side WHEN 'MID' THEN quote.rate_e10
                ELSE CASE (closed.side = 'BID') <> leg.is_inverse WHEN true THEN quote.bid_e10
                          ELSE quote.ask_e10 END END::numeric AS side_e10
      FROM closed
     CROSS JOIN LATERAL (VALUES (1, quote_id, quote_is_inverse),
                                (2, pivot_quote_id, pivot_is_inverse))
                            AS leg (number, quote_id, is_inverse)
      JOIN fx_rate AS quote ON quote.event_id = leg.quote_id
), rate AS (
    SELECT closed.window_id,
           divide_as(10000000000
                     * CASE WHEN one.is_inverse THEN 10000000000 ELSE one.side_e10 END
                     * CASE coalesce(two.is_inverse, true) WHEN false THEN two.side_e10
                            ELSE 10000000000 END,
                     CASE WHEN one.is_inverse THEN one.side_e10 ELSE 10000000000 END
                     * CASE WHEN two.is_inverse THEN two.side_e10 ELSE 10000000000 END,
                     closed.rounding) AS rate_e10
      FROM closed
      JOIN leg AS one ON one.window_id = closed.window_id AND one.number = 1
      LEFT JOIN leg AS two ON two.window_id = closed.window_id AND two.number = 2
), chain AS ( -- from source to settlement currency, over the pivot where there are two
    SELECT closed.window_id,
           array_agg(CASE WHEN is_inverse THEN quote_currency || '>' || base_currency
                          ELSE base_currency || '>' || quote_currency END ORDER BY number)
           IS DISTINCT FROM
           CASE WHEN closed.pivot_quote_id IS NULL
                THEN ARRAY[closed.source_currency || '>' || closed.currency]
                ELSE ARRAY[closed.source_currency || '>' || closed.pivot_currency,
                           closed.pivot_currency || '>' || closed.currency] END
           OR bool_or(leg.rate_source <> closed.rate_source
                      OR leg.corridor_id <> closed.corridor_id
                      OR closed.as_of < leg.valid_from OR closed.as_of >= leg.valid_until
                      OR leg.valid_from < closed.as_of
                                          - make_interval(mins => closed.max_age_minutes))
               AS is_wrong
      FROM closed
      JOIN leg USING (window_id)
     GROUP BY closed.window_id, closed.source_currency, closed.currency, closed.pivot_currency,
              closed.pivot_quote_id
), newer AS ( -- stored a minute before the close or earlier, and a newer quote than the one taken
    SELECT DISTINCT leg.window_id
      FROM leg
      JOIN closed USING (window_id)
      JOIN commit_log AS closing ON closing.commit_id = closed.commit_id
      JOIN fx_rate AS other
        ON (other.base_currency, other.quote_currency)
           IN ((leg.base_currency, leg.quote_currency), (leg.quote_currency, leg.base_currency))
       AND other.rate_source = closed.rate_source
       AND coalesce(other.corridor_id, closed.corridor_id) = closed.corridor_id
       AND other.valid_from > leg.valid_from AND other.valid_from <= closed.as_of
       AND other.valid_until > closed.as_of
       AND (closed.side = 'MID' OR (other.bid_e10 > 0 AND other.ask_e10 > 0))
      JOIN batch ON batch.batch_id = other.batch_id
      JOIN commit_log AS stored ON stored.commit_id = batch.commit_id
     WHERE stored.committed_at < closing.committed_at - interval '1 minute'
), lock AS (
    SELECT closed.window_id, closed.rate_e10 AS window_rate_e10, closed.rounding, closed.unit,
           closed.source_unit, used.lock_id, used.cover, used.claimed_minor, used.covered_minor,
           used.lock_worth_minor, used.rate_worth_minor, fx_lock.rate_e10, fx_lock.valid_from,
           fx_lock.base_currency = closed.currency AS is_inverse,
           coalesce(paid.volume_minor, 0) AS claimed_again,
           coalesce(own.is_of_window, false) AS is_of_window,
           CASE WHEN (fx_lock.base_currency, fx_lock.quote_currency)
                     NOT IN ((closed.source_currency, closed.currency),
                             (closed.currency, closed.source_currency)) THEN 'OTHER_PAIR'
                WHEN fx_lock.valid_from <= least(paid.used_from, own.as_of)
                     AND greatest(paid.used_until, own.as_of) < fx_lock.valid_until THEN 'IN_FORCE'
                ELSE 'OUT_OF_VALIDITY' END AS cover_again,
           CASE WHEN fx_lock.base_currency = closed.source_currency THEN fx_lock.notional_minor
                ELSE least(div(fx_lock.notional_minor::numeric * fx_lock.rate_e10
                               * closed.source_unit, 10000000000 * closed.unit),
                           9223372036854775807) END
           - (SELECT coalesce(sum(before.covered_minor), 0)
                FROM window_fx_lock AS before
                JOIN window_fx AS earlier USING (window_id)
               WHERE before.lock_id = used.lock_id AND earlier.commit_id < closed.commit_id)
               AS left_minor
      FROM closed
      JOIN settlement_window AS w USING (window_id)
      JOIN window_fx_lock AS used USING (window_id)
      JOIN fx_lock USING (lock_id)
      LEFT JOIN paid ON paid.window_id = closed.window_id AND paid.lock_id = used.lock_id
      LEFT JOIN LATERAL (SELECT true AS is_of_window, closed.as_of
                          WHERE fx_lock.business_date = w.business_date
                            AND fx_lock.window_sequence = w.sequence) AS own ON true
), room AS (
    SELECT lock.*, own.minor AS own_minor,
           CASE WHEN is_of_window THEN capacity.minor - own.minor ELSE 0 END AS room_minor
      FROM lock
     CROSS JOIN LATERAL (SELECT CASE cover_again WHEN 'IN_FORCE' THEN greatest(left_minor, 0)
                                     ELSE 0 END AS minor) AS capacity
     CROSS JOIN LATERAL (SELECT least(greatest(claimed_again, 0), capacity.minor) AS minor) AS own
), taken AS ( -- each takes what those before it left of the payments that name no lock
    SELECT room.*,
           own_minor
           + least(room_minor,
                   greatest(greatest(volume.volume_minor - sum(claimed_again) OVER whole, 0)
                            - (sum(room_minor) OVER so_far - room_minor), 0)) AS covered_again
      FROM room
      JOIN volume USING (window_id)
    WINDOW whole AS (PARTITION BY window_id),
           so_far AS (PARTITION BY window_id ORDER BY is_of_window, valid_from, lock_id)
), again AS (
    SELECT taken.*,
           CASE WHEN is_inverse
                THEN divide_as(covered_again * 10000000000 * unit, rate_e10 * source_unit, rounding)
                ELSE divide_as(covered_again * rate_e10 * unit, 10000000000 * source_unit, rounding)
           END AS lock_worth_again,
           divide_as(covered_again * window_rate_e10 * unit, 10000000000 * source_unit, rounding)
               AS rate_worth_again
      FROM taken
), difference AS (
    SELECT window_id, 'volume' AS what, volume.volume_minor AS again, closed.volume_minor AS held
      FROM closed LEFT JOIN volume USING (window_id)
    UNION ALL
    SELECT window_id, 'rate', rate.rate_e10, closed.rate_e10
      FROM closed LEFT JOIN rate USING (window_id)
    UNION ALL
    SELECT window_id, 'worth', divide_as(volume.volume_minor * rate_e10 * unit,
                                         10000000000 * source_unit, rounding), worth_minor
      FROM closed LEFT JOIN volume USING (window_id)
    UNION ALL
    SELECT window_id, 'quotes that do not hold', 0, 1 FROM chain WHERE is_wrong
    UNION ALL
    SELECT window_id, 'a newer quote, not taken', 0, 1 FROM newer
    UNION ALL
    SELECT window_id, 'locks named by payments, not held', count(*), 0
      FROM paid
     WHERE lock_id <> '00000000-0000-0000-0000-000000000000'
       AND NOT EXISTS (SELECT FROM window_fx_lock AS used
                        WHERE used.window_id = paid.window_id AND used.lock_id = paid.lock_id)
     GROUP BY window_id
    UNION ALL
    SELECT window_id, 'locks of the window, not held', count(*), 0
      FROM closed
      JOIN settlement_window AS w USING (window_id)
      JOIN fx_lock ON fx_lock.corridor_id = w.corridor_id
                  AND fx_lock.business_date = w.business_date
                  AND fx_lock.window_sequence = w.sequence
     WHERE NOT EXISTS (SELECT FROM window_fx_lock AS used
                        WHERE used.window_id = closed.window_id
                          AND used.lock_id = fx_lock.lock_id)
     GROUP BY window_id
    UNION ALL
    SELECT window_id, told.what || ' of lock ' || lock_id, told.again, told.held
      FROM again
     CROSS JOIN LATERAL (VALUES ('claim', claimed_again, claimed_minor),
                                ('validity', 0, CASE WHEN cover = cover_again THEN 0 ELSE 1 END),
                                ('cover', covered_again, covered_minor),
                                ('worth', lock_worth_again, lock_worth_minor),
                                ('worth at the rate', rate_worth_again, rate_worth_minor))
                            AS told (what, again, held)
    UNION ALL
    SELECT window_id, 'covered volume', coalesce(sum(again.covered_again), 0), locked_minor
      FROM closed LEFT JOIN again USING (window_id)
     GROUP BY window_id, locked_minor
    UNION ALL
    SELECT window_id, 'result', coalesce(sum(lock_worth_again - rate_worth_again), 0), result_minor
      FROM closed LEFT JOIN again USING (window_id)
     GROUP BY window_id, result_minor
    UNION ALL
    SELECT window_id, 'booked result', result_minor,
           (SELECT coalesce(sum(credit_minor::numeric - debit_minor), 0) FROM posting
             WHERE posting.window_id = closed.window_id AND account_id = gain_account_id)
      FROM closed
)
SELECT window_id, what, again::text, held::text
  FROM difference
 WHERE again IS DISTINCT FROM held
 ORDER BY window_id, what;
