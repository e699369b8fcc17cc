-- Revert sawa:period_balance from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('period_balance', 'period_total');
SET ROLE sawa_owner;
SET search_path = sawa;

CREATE OR REPLACE FUNCTION trial_balance(from_date date, until_date date, OUT account_id integer,
                              OUT code text, OUT kind text, OUT normal_side text,
                              OUT currency text, OUT opening_minor bigint, OUT debit_minor bigint,
                              OUT credit_minor bigint) RETURNS SETOF record
    LANGUAGE sql STABLE SET search_path = sawa, pg_temp AS $$
    WITH side AS (
        SELECT debit_account_id AS account_id,
               sum(amount_minor) FILTER (WHERE booking_date < from_date) AS opening,
               sum(amount_minor) FILTER (WHERE from_date IS NULL OR booking_date >= from_date)
                   AS debit,
               0::numeric AS credit
          FROM journal_entry
         WHERE booking_date <= until_date
         GROUP BY debit_account_id
        UNION ALL
        SELECT credit_account_id,
               -sum(amount_minor) FILTER (WHERE booking_date < from_date),
               0,
               sum(amount_minor) FILTER (WHERE from_date IS NULL OR booking_date >= from_date)
          FROM journal_entry
         WHERE booking_date <= until_date
         GROUP BY credit_account_id
    ), both_sides AS (
        SELECT side.account_id, coalesce(sum(opening), 0)::bigint AS opening,
               coalesce(sum(debit), 0)::bigint AS debit,
               coalesce(sum(credit), 0)::bigint AS credit
          FROM side
         GROUP BY side.account_id
    )
    SELECT both_sides.account_id, coalesce(chart.code, '?' || both_sides.account_id),
           coalesce(chart.kind, '?'), coalesce(chart.normal_side, 'EITHER'),
           coalesce(chart.currency, '???')::text, opening, debit, credit
      FROM both_sides
      LEFT JOIN chart_of_accounts AS chart ON chart.account_id = both_sides.account_id
$$;

DROP TRIGGER a_closed_period_is_brought_forward ON accounting_period;
DROP FUNCTION period_bring_forward(), period_carry(date), period_balance_differences(),
              entry_totals(date, date), period_brought_forward(date, date);
DROP TABLE period_balance, period_total;
DROP INDEX journal_entry_booked;

RESET ROLE;
COMMIT;
