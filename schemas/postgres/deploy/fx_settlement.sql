-- Deploy sawa:fx_settlement to pg
-- requires: fx
-- requires: payment_charge
-- requires: corridor_change
-- requires: prefunding
-- FX settlement: quotes with two sides, locks for a whole window, what a corridor version says
-- about its rates, and what a closed window was worth at the rate and at its locks.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

-- ---- quotes and locks ----

ALTER TABLE fx_rate
    ADD COLUMN bid_e10     bigint,  -- null: that side was not quoted
    ADD COLUMN ask_e10     bigint,
    ADD COLUMN corridor_id integer, -- null: for every corridor of the pair
    ADD CONSTRAINT fx_rate_lies_between_its_sides
        CHECK (bid_e10 > 0 AND bid_e10 <= rate_e10 AND rate_e10 <= ask_e10);

-- A lock is for one window of its corridor, or for the payments that name it.
ALTER TABLE fx_lock
    ADD COLUMN business_date   date,
    ADD COLUMN window_sequence smallint,
    ADD CONSTRAINT fx_lock_names_a_whole_window
        CHECK ((business_date IS NULL) = (window_sequence IS NULL)
               AND window_sequence BETWEEN 1 AND 255);
CREATE INDEX fx_lock_window ON fx_lock (corridor_id, business_date, window_sequence)
    WHERE business_date IS NOT NULL;

-- ---- the book ----

--   FX_POSITION   what the other side of our locks owes us (debit) or is owed (credit)
--   FX_GAIN_LOSS  what locks brought us (credit) or cost us (debit), both per currency
ALTER TABLE account DROP CONSTRAINT account_kind_known;
ALTER TABLE account ADD CONSTRAINT account_kind_known
    CHECK (kind IN ('NOSTRO', 'OBLIGATION', 'OPENING', 'FEE_INCOME', 'TAX_PAYABLE', 'BANK_CHARGES',
                    'SUSPENSE', 'PREFUNDING', 'FX_POSITION', 'FX_GAIN_LOSS'));
INSERT INTO account_kind
VALUES ('FX_POSITION', 'EITHER', 'what our FX locks are worth against the rates settled at'),
       ('FX_GAIN_LOSS', 'EITHER', 'realised gain (credit) or loss (debit) on FX locks');

-- What a corridor version says about its rates, as common/domain/fx_rate.h reads it. No row: its
-- windows know no rates.
CREATE TABLE corridor_fx (
    corridor_id         integer NOT NULL,
    version             integer NOT NULL,
    rate_source         text    NOT NULL CHECK (rate_source <> ''),
    side                text    NOT NULL CHECK (side IN ('BID', 'MID', 'ASK')),
    max_age_minutes     integer NOT NULL CHECK (max_age_minutes BETWEEN 1 AND 43200),
    pivot_currency      char(3), -- null: only quotes of the pair itself
    rounding            text    NOT NULL
                                CHECK (rounding IN ('HALF_EVEN', 'HALF_UP', 'DOWN', 'UP')),
    position_account_id integer NOT NULL REFERENCES account,
    gain_account_id     integer NOT NULL REFERENCES account,
    CONSTRAINT fx_accounts_differ CHECK (position_account_id <> gain_account_id),
    PRIMARY KEY (corridor_id, version),
    FOREIGN KEY (corridor_id, version) REFERENCES corridor (corridor_id, version)
);
CREATE TRIGGER the_book_changes_by_approval BEFORE INSERT ON corridor_fx
    FOR EACH ROW EXECUTE FUNCTION corridor_book_guard();

-- ---- windows ----

-- value / divisor as a whole number, rounded as domain/amount.h names it; whole numbers both, the
-- divisor above zero. Exact: numeric division is not.
CREATE FUNCTION divide_as(value numeric, divisor numeric, rounding text) RETURNS numeric
    LANGUAGE sql IMMUTABLE STRICT SET search_path = sawa, pg_temp AS $$
    SELECT sign(value)
           * (div(abs(value), divisor)
              + CASE WHEN CASE rounding
                          WHEN 'HALF_EVEN'
                          THEN 2 * mod(abs(value), divisor) + mod(div(abs(value), divisor), 2)
                               > divisor
                          WHEN 'HALF_UP' THEN 2 * mod(abs(value), divisor) >= divisor
                          WHEN 'DOWN' THEN false
                          WHEN 'UP' THEN mod(abs(value), divisor) > 0
                          END THEN 1 ELSE 0 END)
$$;

-- What one commit adds to a window in source currency: completed payments less those that came
-- back. One sum per lock in lock_ids, and when the first and the last payment that names it was
-- accepted. null, and empty: from before there were such sums. Exact, whatever the size: numeric.
ALTER TABLE window_delta
    ADD COLUMN volume_minor numeric,
    ADD COLUMN lock_volumes numeric[]     NOT NULL DEFAULT '{}',
    ADD COLUMN lock_firsts  timestamptz[] NOT NULL DEFAULT '{}',
    ADD COLUMN lock_lasts   timestamptz[] NOT NULL DEFAULT '{}',
    ADD CONSTRAINT window_delta_locks_match
        CHECK (cardinality(lock_volumes) IN (0, cardinality(lock_ids))
               AND cardinality(lock_volumes) = cardinality(lock_firsts)
               AND cardinality(lock_volumes) = cardinality(lock_lasts));
ALTER TABLE window_delta ALTER COLUMN volume_minor SET STATISTICS 0,
                         ALTER COLUMN lock_volumes SET STATISTICS 0,
                         ALTER COLUMN lock_firsts SET STATISTICS 0,
                         ALTER COLUMN lock_lasts SET STATISTICS 0;

-- What a closed window was worth at the rate in force at its last instant, the quotes that made it,
-- and what its locks brought: the proof that stands beside net_proof.
CREATE TABLE window_fx (
    window_id         bigint  NOT NULL REFERENCES settlement_window,
    commit_id         bigint  NOT NULL REFERENCES commit_log,
    rate_source       text    NOT NULL,
    side              text    NOT NULL CHECK (side IN ('BID', 'MID', 'ASK')),
    rounding          text    NOT NULL
                              CHECK (rounding IN ('HALF_EVEN', 'HALF_UP', 'DOWN', 'UP')),
    as_of             timestamptz NOT NULL,
    source_currency   char(3) NOT NULL,
    currency          char(3) NOT NULL, -- of settlement
    rate_e10          bigint  NOT NULL CHECK (rate_e10 > 0),
    quote_id          uuid    NOT NULL REFERENCES fx_rate,
    quote_is_inverse  boolean NOT NULL,
    pivot_quote_id    uuid    REFERENCES fx_rate, -- null: not across a pivot
    pivot_is_inverse  boolean,
    volume_minor      bigint  NOT NULL, -- source currency; below zero: more came back
    worth_minor       bigint  NOT NULL, -- the volume at the rate
    locked_minor      bigint  NOT NULL CHECK (locked_minor >= 0), -- source currency
    result_minor      bigint  NOT NULL, -- above zero: a gain
    CONSTRAINT i3_window_fx_once PRIMARY KEY (window_id),
    CONSTRAINT window_fx_has_two_currencies CHECK (source_currency <> currency),
    CONSTRAINT window_fx_pivot_is_whole
        CHECK ((pivot_quote_id IS NULL) = (pivot_is_inverse IS NULL)),
    CONSTRAINT window_fx_result_has_a_lock CHECK (result_minor = 0 OR locked_minor > 0)
);

-- What each lock covered of a window. claimed_minor: what payments that name it came to.
CREATE TABLE window_fx_lock (
    window_id        bigint NOT NULL REFERENCES window_fx,
    lock_id          uuid   NOT NULL REFERENCES fx_lock (lock_id),
    cover            text   NOT NULL CHECK (cover IN ('IN_FORCE', 'OUT_OF_VALIDITY', 'OTHER_PAIR')),
    claimed_minor    bigint NOT NULL,
    covered_minor    bigint NOT NULL CHECK (covered_minor >= 0), -- both in source currency
    lock_worth_minor bigint NOT NULL CHECK (lock_worth_minor >= 0),
    rate_worth_minor bigint NOT NULL CHECK (rate_worth_minor >= 0),
    CONSTRAINT i3_window_fx_lock_once PRIMARY KEY (window_id, lock_id),
    CONSTRAINT only_a_lock_in_force_covers
        CHECK (cover = 'IN_FORCE'
               OR (covered_minor = 0 AND lock_worth_minor = 0 AND rate_worth_minor = 0))
);
CREATE INDEX window_fx_lock_of_lock ON window_fx_lock (lock_id);

-- What a lock covers over all windows stays within its notional amount, and the result of a window
-- is that of its locks.
CREATE FUNCTION window_fx_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
DECLARE
    broken text;
BEGIN
    IF EXISTS (SELECT FROM window_fx_lock AS used
                 JOIN fx_lock USING (lock_id)
                 JOIN window_fx USING (window_id)
                WHERE used.lock_id IN (SELECT lock_id FROM added)
                  AND fx_lock.base_currency = window_fx.source_currency
                GROUP BY used.lock_id, fx_lock.notional_minor
               HAVING sum(used.covered_minor) > fx_lock.notional_minor) THEN
        broken := 'a_lock_covers_its_notional_at_most';
    ELSIF EXISTS (SELECT FROM window_fx
                    JOIN window_fx_lock AS used USING (window_id)
                   WHERE window_id IN (SELECT window_id FROM added)
                   GROUP BY window_id
                  HAVING sum(used.covered_minor) <> window_fx.locked_minor
                      OR sum(used.lock_worth_minor - used.rate_worth_minor::numeric)
                         <> window_fx.result_minor) THEN
        broken := 'a_result_is_that_of_its_locks';
    END IF;
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'locks do not cover a window so: %', broken
            USING ERRCODE = 'check_violation', CONSTRAINT = broken, TABLE = 'window_fx_lock';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER a_lock_covers_its_notional_at_most AFTER INSERT ON window_fx_lock
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION window_fx_guard();

CREATE TRIGGER corridor_fx_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON corridor_fx
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER window_fx_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON window_fx
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER window_fx_locks_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON window_fx_lock
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT ON corridor_fx TO sawa_program;
GRANT INSERT ON corridor_fx TO sawa_corridor;
GRANT INSERT (volume_minor, lock_volumes, lock_firsts, lock_lasts)
    ON window_delta TO sawa_ingest, sawa_replay;
GRANT SELECT, INSERT ON window_fx, window_fx_lock TO sawa_settle;
GRANT EXECUTE ON FUNCTION divide_as(numeric, numeric, text) TO sawa_settle, sawa_reader;
GRANT SELECT ON window_fx, window_fx_lock
    TO sawa_reconcile, sawa_report, sawa_maker, sawa_checker, sawa_reader;
RESET ROLE;

COMMIT;
