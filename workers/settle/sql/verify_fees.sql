-- Where do the charges of closed windows differ from their payments? Every fee is reckoned again
-- here, with exact decimals: a second opinion on domain/fee.c too. Windows of which payments have
-- expired cannot be looked at. One row per difference.
--   $1 window_id bigint (null: every closed window), $2 since date,
--   $3 currency text[], $4 decimals integer[]
WITH closed AS (
    SELECT window_id, corridor_id, corridor_version AS version
      FROM net_proof
      JOIN settlement_window USING (window_id)
     WHERE ($1::bigint IS NULL OR window_id = $1::bigint) AND business_date >= $2::date
       AND NOT EXISTS (SELECT FROM expired_payment_total AS gone
                        WHERE gone.window_id = net_proof.window_id)
), unit AS (
    SELECT code, power(10::numeric, decimals) AS parts
      FROM unnest($3::text[], $4::integer[]) AS one (code, decimals)
), tier AS (
    SELECT *, coalesce(lag(up_to_minor) OVER (PARTITION BY corridor_id, version, fee_number
                                              ORDER BY tier_number), 0) AS below_minor
      FROM corridor_fee_tier
), basis AS (
    SELECT closed.window_id, fee.*, payment.kind, payment.debtor_agent_id,
           payment.creditor_agent_id,
           CASE WHEN fee.currency = payment.settlement_currency
                THEN payment.settlement_minor ELSE payment.instructed_minor END AS amount_minor,
           CASE WHEN fee.currency = payment.settlement_currency
                THEN NULL ELSE payment.rate_e10 * 0.0000000001 * settled.parts / own.parts END
                AS rate
      FROM closed
      JOIN payment USING (window_id)
      JOIN corridor_fee AS fee ON fee.corridor_id = closed.corridor_id
                              AND fee.version = closed.version
      JOIN unit AS settled ON settled.code = payment.settlement_currency
      JOIN unit AS own ON own.code = fee.currency
     WHERE (fee.channel_bits >> payment.channel & 1) = 1
       AND (payment.kind = 1 OR (fee.returned_bits >> payment.kind & 1) = 1)
), whole AS (
    SELECT basis.*,
           least(greatest(round_as(reckoned.exact, rounding), minimum_minor), maximum_minor)
               AS own_fee
      FROM basis
     CROSS JOIN LATERAL (
           SELECT sum(fixed_minor + percent_e10 * 0.000000000001
                      * CASE basis.tiering WHEN 'SLAB' THEN amount_minor
                             ELSE least(amount_minor, coalesce(up_to_minor, amount_minor))
                                  - below_minor END) AS exact
             FROM tier
            WHERE (tier.corridor_id, tier.version, tier.fee_number)
                  = (basis.corridor_id, basis.version, basis.fee_number)
              AND amount_minor > below_minor
              AND (basis.tiering = 'MARGINAL' OR up_to_minor IS NULL
                   OR amount_minor <= up_to_minor)) AS reckoned
), settled AS (
    SELECT whole.*,
           CASE WHEN rate IS NULL THEN own_fee ELSE round_as(own_fee * rate, rounding) END AS fee
      FROM whole
), flow AS (
    SELECT window_id, kind, settled.fee_number, split.party, split.payer, debtor_agent_id,
           creditor_agent_id, split.part AS minor
      FROM settled
     CROSS JOIN LATERAL (
           SELECT share.party, one.payer_party,
                  div(fee * weight, total)
                  + CASE WHEN row_number() OVER (ORDER BY mod(fee * weight, total) DESC, party)
                              <= fee - sum(div(fee * weight, total)) OVER ()
                         THEN 1 ELSE 0 END AS part
             FROM (VALUES (0, own_share), (1, debtor_agent_share), (2, creditor_agent_share))
                  AS share (party, weight),
                  LATERAL (SELECT own_share + debtor_agent_share + creditor_agent_share AS total,
                                  CASE settled.payer WHEN 'DEBTOR_AGENT' THEN 1 ELSE 2 END
                                      AS payer_party) AS one) AS split (party, payer, part)
     WHERE party <> split.payer
    UNION ALL
    SELECT window_id, kind, (- settled.fee_number)::smallint, 0,
           CASE settled.payer WHEN 'DEBTOR_AGENT' THEN 1 ELSE 2 END,
           debtor_agent_id, creditor_agent_id,
           round_as(fee * tax_percent_e10 * 0.000000000001, rounding)
      FROM settled
), side AS (
    SELECT window_id, kind, fee_number, minor,
           CASE payer WHEN 1 THEN debtor_agent_id ELSE creditor_agent_id END AS payer_id,
           CASE party WHEN 0 THEN 0 WHEN 1 THEN debtor_agent_id ELSE creditor_agent_id END
               AS party_id
      FROM flow
     WHERE minor > 0
), again AS (
    SELECT window_id, fee_number,
           CASE kind WHEN 1 THEN payer_id ELSE party_id END AS debtor_id,
           CASE kind WHEN 1 THEN party_id ELSE payer_id END AS creditor_id,
           count(*) AS payment_count, sum(minor)::bigint AS amount_minor
      FROM side
     GROUP BY 1, 2, 3, 4
)
SELECT window_id, fee_number::bigint, debtor_id, creditor_id,
       coalesce(again.payment_count, 0)::bigint, coalesce(again.amount_minor, 0)::bigint,
       coalesce(held.payment_count, 0)::bigint, coalesce(held.amount_minor, 0)::bigint
  FROM again
  FULL JOIN (SELECT fee_obligation.* FROM fee_obligation JOIN closed USING (window_id)) AS held
       USING (window_id, fee_number, debtor_id, creditor_id)
 WHERE (again.payment_count, again.amount_minor)
       IS DISTINCT FROM (held.payment_count, held.amount_minor)
 ORDER BY window_id, fee_number, debtor_id, creditor_id;
