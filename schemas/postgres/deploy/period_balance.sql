-- Deploy sawa:period_balance to pg
-- requires: ledger
-- What a closed period brings forward: a trial balance adds up the entries behind it, not all since
-- the books began.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

-- Debits and credits of each account since the books began, up to the end of a closed period's last
-- day. Rows come when it closes and go when it reopens, by a trigger; no role can write them.
CREATE TABLE period_balance (
    last_date    date    NOT NULL REFERENCES accounting_period,
    account_id   integer NOT NULL,
    debit_minor  bigint  NOT NULL CHECK (debit_minor >= 0),
    credit_minor bigint  NOT NULL CHECK (credit_minor >= 0),
    PRIMARY KEY (last_date, account_id)
);

-- The entries themselves, by currency: the second way to the same totals.
CREATE TABLE period_total (
    last_date    date    NOT NULL REFERENCES accounting_period,
    currency     char(3) NOT NULL,
    entry_count  bigint  NOT NULL CHECK (entry_count > 0),
    amount_minor numeric NOT NULL CHECK (amount_minor > 0),
    PRIMARY KEY (last_date, currency)
);

-- Entries come in the order of their days, or nearly: a few pages of it find those behind a day.
CREATE INDEX journal_entry_booked ON journal_entry USING brin (booking_date)
    WITH (autosummarize = on);

-- The period whose balance can be brought forward: closed, its last day not behind until_date, and
-- before from_date where that is given. Null: none.
CREATE FUNCTION period_brought_forward(from_date date, until_date date) RETURNS date
    LANGUAGE sql STABLE SET search_path = sawa, pg_temp AS $$
    SELECT max(last_date)
      FROM accounting_period
     WHERE state = 'CLOSED' AND last_date <= until_date
       AND (from_date IS NULL OR last_date < from_date)
$$;

-- As before, from the newest balance that can be brought forward. A posting on an account that is
-- not there stands alone, so that totals show it.
CREATE OR REPLACE FUNCTION trial_balance(from_date date, until_date date, OUT account_id integer,
                                         OUT code text, OUT kind text, OUT normal_side text,
                                         OUT currency text, OUT opening_minor bigint,
                                         OUT debit_minor bigint, OUT credit_minor bigint)
    RETURNS SETOF record
    LANGUAGE sql STABLE SET search_path = sawa, pg_temp AS $$
    WITH forward AS MATERIALIZED (
        SELECT period_brought_forward(from_date, until_date) AS last_date
    ), side AS (
        SELECT debit_account_id AS account_id,
               sum(amount_minor) FILTER (WHERE booking_date < from_date) AS opening,
               sum(amount_minor) FILTER (WHERE from_date IS NULL OR booking_date >= from_date)
                   AS debit,
               0::numeric AS credit
          FROM journal_entry
         WHERE booking_date <= until_date
           AND booking_date > coalesce((SELECT last_date FROM forward), '-infinity')
         GROUP BY debit_account_id
        UNION ALL
        SELECT credit_account_id,
               -sum(amount_minor) FILTER (WHERE booking_date < from_date),
               0,
               sum(amount_minor) FILTER (WHERE from_date IS NULL OR booking_date >= from_date)
          FROM journal_entry
         WHERE booking_date <= until_date
           AND booking_date > coalesce((SELECT last_date FROM forward), '-infinity')
         GROUP BY credit_account_id
        UNION ALL
        SELECT balance.account_id,
               CASE WHEN from_date IS NOT NULL
                    THEN balance.debit_minor::numeric - balance.credit_minor END,
               CASE WHEN from_date IS NULL THEN balance.debit_minor END,
               CASE WHEN from_date IS NULL THEN balance.credit_minor END
          FROM period_balance AS balance
          JOIN forward USING (last_date)
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

-- Entries of a span by currency, read without looking at an account.
CREATE FUNCTION entry_totals(from_date date, until_date date, OUT currency text,
                             OUT entry_count bigint, OUT amount_minor numeric)
    RETURNS SETOF record
    LANGUAGE sql STABLE SET search_path = sawa, pg_temp AS $$
    WITH forward AS MATERIALIZED (
        SELECT CASE WHEN from_date IS NULL THEN period_brought_forward(NULL, until_date)
                    ELSE from_date - 1 END AS last_date
    ), part AS (
        SELECT entry.currency, count(*) AS entry_count, sum(entry.amount_minor) AS amount_minor
          FROM journal_entry AS entry
         WHERE booking_date <= until_date
           AND booking_date > coalesce((SELECT last_date FROM forward), '-infinity')
         GROUP BY entry.currency
        UNION ALL
        SELECT total.currency, total.entry_count, total.amount_minor
          FROM period_total AS total
          JOIN forward USING (last_date)
         WHERE from_date IS NULL
    )
    SELECT part.currency::text, sum(part.entry_count)::bigint, sum(part.amount_minor)
      FROM part
     GROUP BY part.currency
$$;

-- What closed periods bring forward against all their entries: one row per difference.
CREATE FUNCTION period_balance_differences(OUT last_date date, OUT account_id integer,
                                           OUT carried_debit_minor bigint,
                                           OUT carried_credit_minor bigint,
                                           OUT debit_minor numeric, OUT credit_minor numeric)
    RETURNS SETOF record
    LANGUAGE sql STABLE SET search_path = sawa, pg_temp AS $$
    WITH closed AS (
        SELECT period.last_date, lag(period.last_date) OVER (ORDER BY period.last_date) AS after
          FROM accounting_period AS period
         WHERE state = 'CLOSED'
    ), moved AS (
        SELECT closed.last_date, posting.account_id, sum(posting.debit_minor) AS debit,
               sum(posting.credit_minor) AS credit
          FROM closed
          JOIN posting ON booking_date > coalesce(closed.after, '-infinity')
                      AND booking_date <= closed.last_date
         GROUP BY closed.last_date, posting.account_id
    ), counted AS (
        SELECT closed.last_date, moved.account_id, sum(debit) AS debit, sum(credit) AS credit
          FROM closed
          JOIN moved ON moved.last_date <= closed.last_date
         GROUP BY closed.last_date, moved.account_id
    )
    SELECT coalesce(balance.last_date, counted.last_date),
           coalesce(balance.account_id, counted.account_id), balance.debit_minor,
           balance.credit_minor, counted.debit, counted.credit
      FROM period_balance AS balance
      FULL JOIN counted ON counted.last_date = balance.last_date
                       AND counted.account_id = balance.account_id
     WHERE (balance.debit_minor, balance.credit_minor)
           IS DISTINCT FROM (counted.debit, counted.credit)
$$;

-- What a period that has just closed brings forward: the balance of the one before it, and its own
-- entries. Its row stands already, so the functions above would take this for written.
CREATE FUNCTION period_carry(closed_date date) RETURNS void
    LANGUAGE plpgsql SET search_path = sawa, pg_temp AS $$
DECLARE
    before date;
BEGIN
    SELECT max(last_date) INTO before
      FROM accounting_period WHERE state = 'CLOSED' AND last_date < closed_date;
    INSERT INTO period_balance (last_date, account_id, debit_minor, credit_minor)
    SELECT closed_date, account_id, sum(debit_minor), sum(credit_minor)
      FROM (SELECT account_id, debit_minor, credit_minor
              FROM period_balance WHERE last_date = before
            UNION ALL
            SELECT debit_account_id, amount_minor, 0
              FROM journal_entry
             WHERE booking_date <= closed_date
               AND booking_date > coalesce(before, '-infinity')
            UNION ALL
            SELECT credit_account_id, 0, amount_minor
              FROM journal_entry
             WHERE booking_date <= closed_date
               AND booking_date > coalesce(before, '-infinity')) AS moved
     GROUP BY account_id;
    INSERT INTO period_total (last_date, currency, entry_count, amount_minor)
    SELECT closed_date, currency, sum(entry_count), sum(amount_minor)
      FROM (SELECT currency, entry_count, amount_minor
              FROM period_total WHERE last_date = before
            UNION ALL
            SELECT currency, 1, amount_minor
              FROM journal_entry
             WHERE booking_date <= closed_date
               AND booking_date > coalesce(before, '-infinity')) AS entries
     GROUP BY currency;
END
$$;

CREATE FUNCTION period_bring_forward() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    DELETE FROM period_balance WHERE last_date = NEW.last_date;
    DELETE FROM period_total WHERE last_date = NEW.last_date;
    IF NEW.state = 'CLOSED' THEN
        PERFORM period_carry(NEW.last_date);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER a_closed_period_is_brought_forward AFTER INSERT OR UPDATE ON accounting_period
    FOR EACH ROW EXECUTE FUNCTION period_bring_forward();

-- Periods that closed before this change.
DO $$
DECLARE
    period record;
BEGIN
    FOR period IN SELECT last_date FROM accounting_period WHERE state = 'CLOSED'
                   ORDER BY last_date LOOP
        PERFORM period_carry(period.last_date);
    END LOOP;
END
$$;

GRANT SELECT ON period_balance, period_total TO sawa_maker, sawa_checker, sawa_reader;
GRANT EXECUTE ON FUNCTION period_brought_forward(date, date), entry_totals(date, date)
    TO sawa_maker, sawa_checker, sawa_reader;
GRANT EXECUTE ON FUNCTION period_balance_differences() TO sawa_reader;

RESET ROLE;
COMMIT;
