-- Which windows take payments now, and which of them want debtor and creditor named?
SELECT window_id, corridor_id, opens_at, cut_off, corridor_version,
       EXISTS (SELECT FROM corridor_customer_payment AS customer
                WHERE customer.corridor_id = settlement_window.corridor_id
                  AND customer.version = settlement_window.corridor_version) AS names_parties
  FROM settlement_window
 WHERE state = 'OPEN'
 ORDER BY corridor_id, cut_off;
