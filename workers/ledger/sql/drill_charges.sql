-- What the windows of a commit were charged by it, between two accounts. An empty code is
-- ourselves.
--   $1 commit_id bigint, $2 debit_account_id integer, $3 credit_account_id integer,
--   $4 purpose text
SELECT delta.window_id, corridor.code AS corridor, w.business_date, fee.code AS fee,
       coalesce(debtor.code, '') AS debtor, coalesce(creditor.code, '') AS creditor,
       charge.payment_count::bigint, charge.amount_minor
  FROM settlement_window AS w
  JOIN window_delta AS delta ON delta.window_id = w.window_id AND delta.commit_id = $1::bigint
 CROSS JOIN LATERAL unnest(fee_numbers, fee_debtor_ids, fee_creditor_ids, fee_counts, fee_minors)
                        AS charge (fee_number, debtor_id, creditor_id, payment_count, amount_minor)
  JOIN corridor ON corridor.corridor_id = w.corridor_id AND corridor.version = w.corridor_version
  JOIN corridor_fee AS fee ON fee.corridor_id = w.corridor_id AND fee.version = w.corridor_version
                          AND fee.fee_number = abs(charge.fee_number)
  LEFT JOIN participant AS debtor ON debtor.participant_id = charge.debtor_id
  LEFT JOIN participant AS creditor ON creditor.participant_id = charge.creditor_id
 WHERE $4::text = CASE WHEN charge.fee_number > 0 THEN 'FEE' ELSE 'TAX' END
   AND charge_account(w.window_id, charge.fee_number, charge.debtor_id) = $2::integer
   AND charge_account(w.window_id, charge.fee_number, charge.creditor_id) = $3::integer
 ORDER BY delta.window_id, fee.fee_number, debtor.code COLLATE "C", creditor.code COLLATE "C";
