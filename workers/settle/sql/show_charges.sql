-- What a window is charged. An empty code is ourselves.
--   $1 window_id bigint
SELECT fee.code, CASE WHEN charge.fee_number < 0 THEN 'TAX' ELSE 'FEE' END,
       coalesce(debtor.code, ''), coalesce(creditor.code, ''), charge.payment_count,
       charge.amount_minor, charge.currency
  FROM fee_obligation AS charge
  JOIN settlement_window AS w USING (window_id)
  JOIN corridor_fee AS fee ON fee.corridor_id = w.corridor_id AND fee.version = w.corridor_version
                          AND fee.fee_number = abs(charge.fee_number)
  LEFT JOIN participant AS debtor ON debtor.participant_id = debtor_id
  LEFT JOIN participant AS creditor ON creditor.participant_id = creditor_id
 WHERE window_id = $1::bigint
 ORDER BY fee.fee_number, 2, 3, 4;
