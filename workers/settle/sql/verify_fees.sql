-- Where do the charges of closed windows differ from their payments? Every fee is reckoned again
-- (payment_charges): a second opinion on domain/fee.c too. Windows of which payments have expired
-- cannot be looked at. One row per difference.
--   $1 window_id bigint (null: every closed window), $2 since date,
--   $3 currency text[], $4 decimals integer[]
WITH closed AS (
    SELECT window_id
      FROM net_proof
      JOIN settlement_window USING (window_id)
     WHERE ($1::bigint IS NULL OR window_id = $1::bigint) AND business_date >= $2::date
       AND NOT EXISTS (SELECT FROM expired_payment_total AS gone
                        WHERE gone.window_id = net_proof.window_id)
), again AS (
    SELECT window_id, charge.fee_number, charge.debtor_id, charge.creditor_id,
           count(*) AS payment_count, sum(charge.amount_minor)::bigint AS amount_minor
      FROM closed
      JOIN payment USING (window_id)
     CROSS JOIN LATERAL payment_charges(
               window_id, payment.kind, channel, debtor_agent_id, creditor_agent_id,
               settlement_minor, settlement_currency, instructed_minor, rate_e10,
               $3::text[], $4::integer[]) AS charge
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
