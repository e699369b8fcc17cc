-- The customers' payments of a window, each to be instructed by itself; those of one pair of agents
-- together.
--   $1 window_id bigint
SELECT event_day, event_id, payment.debtor_agent_id, payment.creditor_agent_id,
       payment.settlement_minor
  FROM customer_payment
  JOIN payment USING (event_day, event_id)
 WHERE customer_payment.window_id = $1::bigint AND payment.kind = 1
 ORDER BY payment.creditor_agent_id, payment.debtor_agent_id, event_id;
