-- The payments behind a net position, and what they are charged, as a stream; is_owed: the
-- participant is owed it, else it owes it. Days that were let go have left one sum per pair and
-- day: then there is no event_id. Charges of a window that has such days stand as what its commits
-- added to it, one sum per fee and pair.
--   $1 window_id bigint, $2 participant_id integer, $3 counterparty_id integer (0: the agent),
--   $4 charges_alone boolean: the position is of no obligations,
--   $5 currency text[], $6 decimals integer[]
DECLARE ledger_stream NO SCROLL CURSOR FOR
WITH gone AS (
    SELECT EXISTS (SELECT FROM expired_payment_total WHERE window_id = $1::bigint) AS is_let_go
), behind AS (
    SELECT event_id, kind, debtor_agent_id AS debtor_id, creditor_agent_id AS creditor_id,
           CASE kind WHEN 1 THEN debtor_agent_id ELSE creditor_agent_id END AS owing_id,
           CASE kind WHEN 1 THEN creditor_agent_id ELSE debtor_agent_id END AS owed_id,
           '' AS charge, 1::bigint AS payment_count, settlement_minor AS amount_minor,
           event_day, batch_id, record_offset
      FROM payment
     WHERE window_id = $1::bigint AND NOT $4::boolean
    UNION ALL
    SELECT NULL, 0::smallint, debtor_id, creditor_id, debtor_id, creditor_id, '', payment_count,
           amount_minor, day, NULL, NULL
      FROM expired_payment_total
     WHERE window_id = $1::bigint AND NOT $4::boolean
    UNION ALL
    SELECT event_id, kind, debtor_agent_id, creditor_agent_id, charge.debtor_id,
           charge.creditor_id,
           CASE WHEN charge.fee_number > 0 THEN 'FEE ' ELSE 'TAX ' END || charge.code, 1,
           charge.amount_minor, event_day, batch_id, record_offset
      FROM payment
     CROSS JOIN LATERAL payment_charges(
               window_id, payment.kind, channel, debtor_agent_id, creditor_agent_id,
               settlement_minor, settlement_currency, instructed_minor, rate_e10,
               $5::text[], $6::integer[]) AS charge
     WHERE window_id = $1::bigint AND $3::integer = 0 AND NOT (SELECT is_let_go FROM gone)
       AND $2::integer IN (debtor_agent_id, creditor_agent_id)
    UNION ALL
    SELECT NULL, 0::smallint, charge.debtor_id, charge.creditor_id, charge.debtor_id,
           charge.creditor_id,
           CASE WHEN charge.fee_number > 0 THEN 'FEE ' ELSE 'TAX ' END || fee.code,
           sum(charge.payment_count), sum(charge.amount_minor)::bigint, NULL, NULL, NULL
      FROM window_delta
     CROSS JOIN LATERAL unnest(fee_numbers, fee_debtor_ids, fee_creditor_ids, fee_counts,
                               fee_minors)
                            AS charge (fee_number, debtor_id, creditor_id, payment_count,
                                       amount_minor)
      JOIN settlement_window AS w USING (window_id)
      JOIN corridor_fee AS fee ON fee.corridor_id = w.corridor_id
                              AND fee.version = w.corridor_version
                              AND fee.fee_number = abs(charge.fee_number)
     WHERE window_id = $1::bigint AND $3::integer = 0 AND (SELECT is_let_go FROM gone)
     GROUP BY charge.fee_number, fee.code, charge.debtor_id, charge.creditor_id
)
SELECT behind.event_id, behind.kind, coalesce(debtor.code, '') AS debtor,
       coalesce(creditor.code, '') AS creditor, behind.charge, behind.amount_minor,
       behind.owed_id = $2::integer AS is_owed, behind.payment_count, place.topic,
       place.generation, place.partition, behind.record_offset, behind.batch_id, place.raw_state
  FROM behind
  LEFT JOIN participant AS debtor ON debtor.participant_id = behind.debtor_id
  LEFT JOIN participant AS creditor ON creditor.participant_id = behind.creditor_id
  LEFT JOIN LATERAL (SELECT * FROM batch_place
                      WHERE batch_place.batch_id = behind.batch_id
                      LIMIT 1) AS place ON true -- of these batches alone, each once
 WHERE (behind.owing_id = $2::integer AND $3::integer IN (0, behind.owed_id))
    OR (behind.owed_id = $2::integer AND $3::integer IN (0, behind.owing_id))
 ORDER BY behind.batch_id NULLS FIRST, behind.record_offset, behind.event_day,
          behind.charge COLLATE "C";
