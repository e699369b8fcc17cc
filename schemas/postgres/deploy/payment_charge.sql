-- Deploy sawa:payment_charge to pg
-- requires: fee
-- requires: ledger
-- What a payment is charged, reckoned again from the payment itself, and the account that keeps a
-- party's side of it: `sawa settle verify` compares with it, `sawa ledger drill` ends at it.
--
-- The bodies are parsed here, once: their names mean our own tables, whoever calls, and the
-- planner sees through them into the query around.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

-- Every fee of a payment and the tax on it, as common/domain/fee.h reckons them, here with exact
-- decimals: a second opinion on the first. Fee number n; -n is the tax on it. Participant 0 is
-- ourselves. Amounts are positive: what is given back is the charge the other way round. codes
-- and decimals: the currencies, which the database does not know. OFFSET 0: reckoned once, where
-- it stands, and not again wherever it is named.
--
-- A payment comes in its columns: of a whole row of a partitioned table PostgreSQL 15 makes no plan
-- here ("variable not found in subplan target list").
CREATE FUNCTION payment_charges(of_window bigint, kind smallint, channel smallint,
                                debtor_agent_id integer, creditor_agent_id integer,
                                settlement_minor bigint, settlement_currency text,
                                instructed_minor bigint, rate_e10 bigint,
                                codes text[], decimals integer[])
    RETURNS TABLE (fee_number smallint, code text, debtor_id integer, creditor_id integer,
                   amount_minor bigint)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT flow.number, fee.code,
           CASE payment_charges.kind WHEN 1 THEN payer.id ELSE flow.party_id END,
           CASE payment_charges.kind WHEN 1 THEN flow.party_id ELSE payer.id END,
           flow.minor::bigint
      FROM settlement_window AS w
      JOIN corridor_fee AS fee ON fee.corridor_id = w.corridor_id
                              AND fee.version = w.corridor_version
     CROSS JOIN LATERAL (
           SELECT CASE WHEN fee.currency = payment_charges.settlement_currency
                       THEN payment_charges.settlement_minor
                       ELSE payment_charges.instructed_minor END AS minor) AS basis
     CROSS JOIN LATERAL (
           SELECT sum(tier.fixed_minor + tier.percent_e10 * 0.000000000001
                      * CASE fee.tiering WHEN 'SLAB' THEN basis.minor
                             ELSE least(basis.minor, tier.up_to_minor) - tier.below_minor END)
                      AS exact
             FROM (SELECT one.*, coalesce(lag(up_to_minor) OVER (ORDER BY tier_number), 0)
                              AS below_minor
                     FROM corridor_fee_tier AS one
                    WHERE one.corridor_id = fee.corridor_id AND one.version = fee.version
                      AND one.fee_number = fee.fee_number) AS tier
            WHERE basis.minor > tier.below_minor
              AND (fee.tiering = 'MARGINAL' OR tier.up_to_minor IS NULL
                   OR basis.minor <= tier.up_to_minor)) AS reckoned
     CROSS JOIN LATERAL (
           SELECT least(greatest(round_as(reckoned.exact, fee.rounding), fee.minimum_minor),
                        fee.maximum_minor) AS minor
           OFFSET 0) AS own
     CROSS JOIN LATERAL (
           SELECT CASE WHEN fee.currency = payment_charges.settlement_currency THEN own.minor
                       ELSE round_as(own.minor * payment_charges.rate_e10 * 0.0000000001
                                     * (SELECT power(10::numeric, places)
                                          FROM unnest(codes, decimals) AS unit (name, places)
                                         WHERE name = payment_charges.settlement_currency)
                                     / (SELECT power(10::numeric, places)
                                          FROM unnest(codes, decimals) AS unit (name, places)
                                         WHERE name = fee.currency), fee.rounding)
                   END AS minor
           OFFSET 0) AS whole
     CROSS JOIN LATERAL (
           SELECT CASE fee.payer WHEN 'DEBTOR_AGENT' THEN payment_charges.debtor_agent_id
                                 ELSE payment_charges.creditor_agent_id END AS id) AS payer
     CROSS JOIN LATERAL (
           SELECT fee.fee_number AS number, share.id AS party_id,
                  div(whole.minor * weight, total)
                  + CASE WHEN row_number() OVER (ORDER BY mod(whole.minor * weight, total) DESC,
                                                          party)
                              <= whole.minor - sum(div(whole.minor * weight, total)) OVER ()
                         THEN 1 ELSE 0 END AS minor
             FROM (VALUES (0, 0, fee.own_share),
                          (1, payment_charges.debtor_agent_id, fee.debtor_agent_share),
                          (2, payment_charges.creditor_agent_id, fee.creditor_agent_share))
                      AS share (party, id, weight),
                  LATERAL (SELECT fee.own_share + fee.debtor_agent_share
                                  + fee.creditor_agent_share AS total) AS weights
           UNION ALL
           SELECT (- fee.fee_number)::smallint, 0,
                  round_as(whole.minor * fee.tax_percent_e10 * 0.000000000001, fee.rounding)
           ) AS flow
     WHERE w.window_id = of_window
       AND (fee.channel_bits >> payment_charges.channel & 1) = 1
       AND (payment_charges.kind = 1 OR (fee.returned_bits >> payment_charges.kind & 1) = 1)
       AND flow.party_id <> payer.id AND flow.minor > 0;
END;

-- The account that keeps what a party of a charge owes or is owed: its obligations, or for
-- ourselves the income or the tax of that fee.
CREATE FUNCTION charge_account(of_window bigint, fee_number smallint, party_id integer)
    RETURNS integer
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT CASE WHEN party_id <> 0
                THEN (SELECT owed.account_id
                        FROM account AS owed
                       WHERE owed.kind = 'OBLIGATION' AND owed.participant_id = party_id
                         AND owed.currency = corridor.settlement_currency)
                ELSE (SELECT CASE WHEN charge_account.fee_number > 0 THEN fee.income_account_id
                                  ELSE fee.tax_account_id END
                        FROM corridor_fee AS fee
                       WHERE fee.corridor_id = w.corridor_id AND fee.version = w.corridor_version
                         AND fee.fee_number = abs(charge_account.fee_number))
                END
      FROM settlement_window AS w
      JOIN corridor ON corridor.corridor_id = w.corridor_id
                   AND corridor.version = w.corridor_version
     WHERE w.window_id = of_window;
END;

GRANT EXECUTE ON FUNCTION payment_charges(bigint, smallint, smallint, integer, integer, bigint,
                                          text, bigint, bigint, text[], integer[])
    TO sawa_settle, sawa_reader;
GRANT EXECUTE ON FUNCTION charge_account(bigint, smallint, integer) TO sawa_reader;
GRANT EXECUTE ON FUNCTION round_as(numeric, text) TO sawa_reader;

RESET ROLE;
COMMIT;
