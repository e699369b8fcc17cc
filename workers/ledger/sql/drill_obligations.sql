-- What stands behind a net position: its obligations, and what it was charged where it is against
-- the settlement agent. An empty code is ourselves; an empty charge is what payments settle.
--   $1 window_id bigint, $2 participant_id integer, $3 counterparty_id integer (0: the agent),
--   $4 charges_alone boolean: the position is of no obligations
WITH behind AS (
    SELECT '' AS charge, 0 AS fee_number, debtor_id, creditor_id, payment_count, amount_minor
      FROM obligation
     WHERE window_id = $1::bigint AND NOT $4::boolean
    UNION ALL
    SELECT CASE WHEN charge.fee_number > 0 THEN 'FEE ' ELSE 'TAX ' END || fee.code,
           fee.fee_number, debtor_id, creditor_id, payment_count, amount_minor
      FROM fee_obligation AS charge
      JOIN settlement_window AS w USING (window_id)
      JOIN corridor_fee AS fee ON fee.corridor_id = w.corridor_id
                              AND fee.version = w.corridor_version
                              AND fee.fee_number = abs(charge.fee_number)
     WHERE window_id = $1::bigint AND $3::integer = 0
)
SELECT behind.charge, coalesce(debtor.code, '') AS debtor, coalesce(creditor.code, '') AS creditor,
       behind.payment_count, behind.amount_minor, behind.creditor_id = $2::integer AS is_owed
  FROM behind
  LEFT JOIN participant AS debtor ON debtor.participant_id = behind.debtor_id
  LEFT JOIN participant AS creditor ON creditor.participant_id = behind.creditor_id
 WHERE (behind.debtor_id = $2::integer AND $3::integer IN (0, behind.creditor_id))
    OR (behind.creditor_id = $2::integer AND $3::integer IN (0, behind.debtor_id))
 ORDER BY behind.fee_number, behind.charge, debtor.code COLLATE "C", creditor.code COLLATE "C";
