-- Deploy sawa:fee to pg
-- requires: payment_file
-- What payments cost: fee schedules of corridor versions, what each window is charged, the accounts
-- that keep what we earn and what we owe to a country.
BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

--   FEE_INCOME   what we have earned, per currency
--   TAX_PAYABLE  tax on fees that we owe, per country and currency
ALTER TABLE account DROP CONSTRAINT account_kind_check;
ALTER TABLE account ADD CONSTRAINT account_kind_known
    CHECK (kind IN ('NOSTRO', 'OBLIGATION', 'OPENING', 'FEE_INCOME', 'TAX_PAYABLE'));

-- What is at least zero as a whole number, rounded as domain/amount.h names it.
CREATE FUNCTION round_as(value numeric, rounding text) RETURNS numeric
    LANGUAGE sql IMMUTABLE STRICT SET search_path = sawa, pg_temp AS $$
    SELECT CASE rounding
           WHEN 'HALF_EVEN' THEN CASE WHEN value - floor(value) = 0.5
                                      THEN floor(value) + mod(floor(value), 2) ELSE round(value) END
           WHEN 'HALF_UP' THEN floor(value + 0.5)
           WHEN 'DOWN' THEN floor(value)
           WHEN 'UP' THEN ceil(value)
           END
$$;

-- One fee of one corridor version, as common/domain/fee.h reckons it.
CREATE TABLE corridor_fee (
    corridor_id          integer  NOT NULL,
    version              integer  NOT NULL,
    fee_number           smallint NOT NULL CHECK (fee_number BETWEEN 1 AND 8),
    code                 text     NOT NULL CHECK (code ~ '^[A-Z0-9-]{1,16}$'),
    payer                text     NOT NULL CHECK (payer IN ('DEBTOR_AGENT', 'CREDITOR_AGENT')),
    channel_bits         integer  NOT NULL CHECK (channel_bits > 0),   -- bit n: channel n pays
    returned_bits        integer  NOT NULL CHECK (returned_bits >= 0), -- bit n: kind n returns
    currency             char(3)  NOT NULL,
    tiering              text     NOT NULL CHECK (tiering IN ('SLAB', 'MARGINAL')),
    minimum_minor        bigint   NOT NULL CHECK (minimum_minor >= 0),
    maximum_minor        bigint, -- null: none
    rounding             text     NOT NULL
                                  CHECK (rounding IN ('HALF_EVEN', 'HALF_UP', 'DOWN', 'UP')),
    own_share            integer  NOT NULL CHECK (own_share >= 0), -- weights
    debtor_agent_share   integer  NOT NULL CHECK (debtor_agent_share >= 0),
    creditor_agent_share integer  NOT NULL CHECK (creditor_agent_share >= 0),
    tax_percent_e10      bigint   NOT NULL CHECK (tax_percent_e10 BETWEEN 0 AND 1000000000000),
    tax_country          char(2), -- null: no tax
    income_account_id    integer  NOT NULL REFERENCES account,
    tax_account_id       integer  REFERENCES account,
    CONSTRAINT fee_minimum_is_below_its_maximum CHECK (minimum_minor <= maximum_minor),
    CONSTRAINT fee_goes_to_somebody
        CHECK (own_share + debtor_agent_share + creditor_agent_share > 0),
    CONSTRAINT fee_tax_has_a_country_and_an_account
        CHECK ((tax_percent_e10 > 0) = (tax_country IS NOT NULL)
               AND (tax_percent_e10 > 0) = (tax_account_id IS NOT NULL)),
    PRIMARY KEY (corridor_id, version, fee_number),
    UNIQUE (corridor_id, version, code),
    FOREIGN KEY (corridor_id, version) REFERENCES corridor (corridor_id, version)
);

CREATE TABLE corridor_fee_tier (
    corridor_id integer  NOT NULL,
    version     integer  NOT NULL,
    fee_number  smallint NOT NULL,
    tier_number smallint NOT NULL CHECK (tier_number BETWEEN 1 AND 16),
    up_to_minor bigint   CHECK (up_to_minor > 0), -- included; null: every amount above
    fixed_minor bigint   NOT NULL CHECK (fixed_minor >= 0),
    percent_e10 bigint   NOT NULL CHECK (percent_e10 BETWEEN 0 AND 1000000000000),
    PRIMARY KEY (corridor_id, version, fee_number, tier_number),
    FOREIGN KEY (corridor_id, version, fee_number)
        REFERENCES corridor_fee (corridor_id, version, fee_number)
);

-- What one commit charges in one window, beside its payments, in five arrays of one length. Fee
-- number n; -n is the tax on it. Participant 0 is ourselves. All amounts are positive: what is
-- given back is the charge the other way round.
ALTER TABLE window_delta
    ADD COLUMN fee_numbers      smallint[] NOT NULL DEFAULT '{}',
    ADD COLUMN fee_debtor_ids   integer[]  NOT NULL DEFAULT '{}',
    ADD COLUMN fee_creditor_ids integer[]  NOT NULL DEFAULT '{}',
    ADD COLUMN fee_counts       integer[]  NOT NULL DEFAULT '{}',
    ADD COLUMN fee_minors       bigint[]   NOT NULL DEFAULT '{}',
    ADD CONSTRAINT window_delta_charges_match
        CHECK (cardinality(fee_numbers) = cardinality(fee_debtor_ids)
               AND cardinality(fee_numbers) = cardinality(fee_creditor_ids)
               AND cardinality(fee_numbers) = cardinality(fee_counts)
               AND cardinality(fee_numbers) = cardinality(fee_minors));
ALTER TABLE window_delta ALTER COLUMN fee_numbers SET STATISTICS 0,
                         ALTER COLUMN fee_debtor_ids SET STATISTICS 0,
                         ALTER COLUMN fee_creditor_ids SET STATISTICS 0,
                         ALTER COLUMN fee_counts SET STATISTICS 0,
                         ALTER COLUMN fee_minors SET STATISTICS 0,
                         ALTER COLUMN fee_numbers SET STORAGE EXTERNAL,
                         ALTER COLUMN fee_debtor_ids SET STORAGE EXTERNAL,
                         ALTER COLUMN fee_creditor_ids SET STORAGE EXTERNAL,
                         ALTER COLUMN fee_counts SET STORAGE EXTERNAL,
                         ALTER COLUMN fee_minors SET STORAGE EXTERNAL;

ALTER TABLE window_fold
    ADD COLUMN fee_numbers      smallint[] NOT NULL DEFAULT '{}',
    ADD COLUMN fee_debtor_ids   integer[]  NOT NULL DEFAULT '{}',
    ADD COLUMN fee_creditor_ids integer[]  NOT NULL DEFAULT '{}',
    ADD COLUMN fee_counts       bigint[]   NOT NULL DEFAULT '{}',
    ADD COLUMN fee_minors       bigint[]   NOT NULL DEFAULT '{}',
    ADD CONSTRAINT window_fold_charges_match
        CHECK (cardinality(fee_numbers) = cardinality(fee_debtor_ids)
               AND cardinality(fee_numbers) = cardinality(fee_creditor_ids)
               AND cardinality(fee_numbers) = cardinality(fee_counts)
               AND cardinality(fee_numbers) = cardinality(fee_minors));

-- What a closed window was charged, per fee and pair.
CREATE TABLE fee_obligation (
    window_id     bigint   NOT NULL REFERENCES settlement_window,
    fee_number    smallint NOT NULL CHECK (fee_number <> 0), -- negative: the tax on it
    debtor_id     integer  NOT NULL CHECK (debtor_id >= 0),   -- 0: ourselves
    creditor_id   integer  NOT NULL CHECK (creditor_id >= 0),
    payment_count bigint   NOT NULL CHECK (payment_count > 0),
    amount_minor  bigint   NOT NULL CHECK (amount_minor > 0),
    currency      char(3)  NOT NULL,
    CONSTRAINT i3_fee_obligation_once PRIMARY KEY (window_id, fee_number, debtor_id, creditor_id),
    CONSTRAINT fee_obligation_parties_differ CHECK (debtor_id <> creditor_id),
    CONSTRAINT fee_tax_is_ours_to_hand_on
        CHECK (fee_number > 0 OR debtor_id = 0 OR creditor_id = 0)
);

-- The nets of participants and what stays with us sum to zero.
ALTER TABLE net_proof
    ADD COLUMN fee_income_minor bigint NOT NULL DEFAULT 0,
    ADD COLUMN fee_tax_minor    bigint NOT NULL DEFAULT 0,
    DROP CONSTRAINT i2_nets_sum_to_zero;
ALTER TABLE net_proof
    ADD CONSTRAINT i2_nets_sum_to_zero
        CHECK (net_debit_minor::numeric
               = net_credit_minor::numeric + fee_income_minor + fee_tax_minor);

-- What an entry of ingest is for: null is the amount of payments itself. A fee between two agents
-- moves between the same accounts as their payments, and must be told apart from them.
ALTER TABLE journal_entry
    ADD COLUMN purpose text CONSTRAINT journal_purpose_known CHECK (purpose IN ('FEE', 'TAX'));
CREATE OR REPLACE VIEW posting AS
    SELECT commit_id, line, debit_account_id AS account_id, amount_minor AS debit_minor,
           0::bigint AS credit_minor, currency, booking_date, window_id, purpose
      FROM journal_entry
    UNION ALL
    SELECT commit_id, line, credit_account_id, 0, amount_minor, currency, booking_date, window_id,
           purpose
      FROM journal_entry;

CREATE TRIGGER fee_obligations_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON fee_obligation
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER corridor_fees_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON corridor_fee
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER corridor_fee_tiers_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON corridor_fee_tier
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT ON corridor_fee, corridor_fee_tier TO sawa_program;
GRANT INSERT ON corridor_fee, corridor_fee_tier TO sawa_corridor;
GRANT INSERT (fee_numbers, fee_debtor_ids, fee_creditor_ids, fee_counts, fee_minors)
    ON window_delta TO sawa_ingest, sawa_replay;
GRANT SELECT, INSERT ON fee_obligation TO sawa_settle;
GRANT EXECUTE ON FUNCTION round_as(numeric, text) TO sawa_settle;
GRANT SELECT ON fee_obligation
    TO sawa_reconcile, sawa_report, sawa_maker, sawa_checker, sawa_reader;
RESET ROLE;

COMMIT;
