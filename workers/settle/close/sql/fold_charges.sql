-- What a folded window is charged: per fee and pair.
--   $1 window_id bigint
SELECT charge.fee_number::bigint, charge.debtor_id, charge.creditor_id, charge.count, charge.minor
  FROM window_fold, unnest(fee_numbers, fee_debtor_ids, fee_creditor_ids, fee_counts, fee_minors)
                    AS charge (fee_number, debtor_id, creditor_id, count, minor)
 WHERE window_id = $1::bigint
 ORDER BY charge.fee_number, charge.debtor_id, charge.creditor_id;
