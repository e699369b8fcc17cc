-- Which statement dates of an account can be reconciled now, oldest first? From the last one on
-- that was, up to where a statement seems to be missing (its successor opens otherwise than it
-- would have closed, and that is fresh), or a window that may still book something is not closed.
--   $1 account_id integer, $2 gap_days integer
WITH opening AS (
    SELECT coalesce(sum(bank_minor), 0) AS minor -- one row at most, 0 without it
      FROM account_opening
      JOIN account_opening_approval USING (opening_id)
     WHERE account_opening.account_id = $1::integer
), chain AS (
    SELECT closing_date, opening_minor,
           lag(closing_minor, 1, opening.minor::bigint)
               OVER (ORDER BY closing_date, page, statement_id) AS before_minor,
           max(closing_date) OVER () AS newest
      FROM statement, opening
     WHERE account_id = $1::integer AND state = 'LOADED'
), gap AS (
    SELECT min(closing_date) AS first
      FROM chain
     WHERE opening_minor <> before_minor AND newest - closing_date < $2::integer
), busy AS (
    SELECT min(w.business_date) AS first
      FROM settlement_window AS w
      JOIN corridor ON corridor.corridor_id = w.corridor_id
                   AND corridor.version = w.corridor_version
     WHERE corridor.nostro_account_id = $1::integer AND w.state IN ('OPEN', 'CLOSING', 'HELD')
       AND (w.cut_off <= now()
            OR EXISTS (SELECT FROM window_delta WHERE window_delta.window_id = w.window_id))
)
SELECT DISTINCT chain.closing_date
  FROM chain, gap, busy
 WHERE chain.closing_date < coalesce(gap.first, 'infinity')
   AND chain.closing_date < coalesce(busy.first, 'infinity')
   AND chain.closing_date >= coalesce((SELECT reconciled_to FROM reconcile_mark
                                        WHERE account_id = $1::integer), '-infinity')
 ORDER BY chain.closing_date;
