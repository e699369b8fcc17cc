-- Where do closed windows differ from their payments? Obligations are computed again from payment,
-- and from what the payments of days that have expired added up to, and held against what the close
-- stored. One row per difference.
--   $1 window_id bigint (null: every closed window), $2 since date
WITH closed AS (
    SELECT window_id
      FROM net_proof
      JOIN settlement_window USING (window_id)
     WHERE ($1::bigint IS NULL OR window_id = $1::bigint) AND business_date >= $2::date
), part AS (
    SELECT window_id,
           CASE kind WHEN 1 THEN debtor_agent_id ELSE creditor_agent_id END AS debtor_id,
           CASE kind WHEN 1 THEN creditor_agent_id ELSE debtor_agent_id END AS creditor_id,
           count(*) AS payment_count, sum(settlement_minor) AS amount_minor
      FROM payment
      JOIN closed USING (window_id)
     GROUP BY 1, 2, 3
    UNION ALL
    SELECT window_id, debtor_id, creditor_id, payment_count, amount_minor
      FROM expired_payment_total
      JOIN closed USING (window_id)
), again AS (
    SELECT window_id, debtor_id, creditor_id,
           sum(payment_count)::bigint AS payment_count, sum(amount_minor)::bigint AS amount_minor
      FROM part
     GROUP BY 1, 2, 3
)
SELECT window_id, debtor_id, creditor_id,
       coalesce(again.payment_count, 0)::bigint AS paid_count,
       coalesce(again.amount_minor, 0)::bigint AS paid_minor,
       coalesce(held.payment_count, 0)::bigint AS held_count,
       coalesce(held.amount_minor, 0)::bigint AS held_minor
  FROM again
  FULL JOIN (SELECT obligation.* FROM obligation JOIN closed USING (window_id)) AS held
       USING (window_id, debtor_id, creditor_id)
 WHERE (again.payment_count, again.amount_minor)
       IS DISTINCT FROM (held.payment_count, held.amount_minor)
 ORDER BY window_id, debtor_id, creditor_id;
