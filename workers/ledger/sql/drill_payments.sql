-- The payments behind an accrual, as a stream: those of its commit that are booked between its two
-- accounts, by what they settle or, for a purpose, by what they are charged. A parked record that
-- was retried keeps the batch of its offset, and was booked by the commit of the retry.
--   $1 commit_id bigint, $2 debit_account_id integer, $3 credit_account_id integer,
--   $4 purpose text (null: the payments themselves), $5 currency text[], $6 decimals integer[]
DECLARE ledger_stream NO SCROLL CURSOR FOR
WITH taken AS (
    SELECT payment.event_day, payment.event_id
      FROM batch
      JOIN payment USING (batch_id)
     WHERE batch.commit_id = $1::bigint
       AND payment.batch_id BETWEEN (SELECT min(batch_id) FROM batch WHERE commit_id = $1::bigint)
                                AND (SELECT max(batch_id) FROM batch WHERE commit_id = $1::bigint)
       AND NOT EXISTS (SELECT FROM parked
                        WHERE parked.source_id = batch.source_id
                          AND parked.partition = batch.partition
                          AND parked.record_offset = payment.record_offset
                          AND parked.state = 'APPLIED')
    UNION ALL
    SELECT payment.event_day, payment.event_id
      FROM parked
      JOIN payment USING (batch_id, record_offset)
     WHERE parked.decided_commit_id = $1::bigint AND parked.state = 'APPLIED'
), booked AS (
    SELECT payment.event_id, payment.kind, debtor_agent_id, creditor_agent_id, '' AS charge,
           settlement_minor AS amount_minor, batch_id, record_offset
      FROM taken
      JOIN payment USING (event_day, event_id)
      JOIN account AS debit
        ON debit.account_id = $2::integer AND debit.currency = settlement_currency
       AND debit.participant_id = CASE payment.kind WHEN 1 THEN debtor_agent_id
                                                    ELSE creditor_agent_id END
      JOIN account AS credit
        ON credit.account_id = $3::integer AND credit.currency = settlement_currency
       AND credit.participant_id = CASE payment.kind WHEN 1 THEN creditor_agent_id
                                                     ELSE debtor_agent_id END
     WHERE $4::text IS NULL
    UNION ALL
    SELECT payment.event_id, kind, debtor_agent_id, creditor_agent_id,
           $4::text || ' ' || charge.code, charge.amount_minor, batch_id, record_offset
      FROM taken
      JOIN payment USING (event_day, event_id)
     CROSS JOIN LATERAL payment_charges(
               window_id, payment.kind, channel, debtor_agent_id, creditor_agent_id,
               settlement_minor, settlement_currency, instructed_minor, rate_e10,
               $5::text[], $6::integer[]) AS charge
     WHERE $4::text = CASE WHEN charge.fee_number > 0 THEN 'FEE' ELSE 'TAX' END
       AND charge_account(window_id, charge.fee_number, charge.debtor_id) = $2::integer
       AND charge_account(window_id, charge.fee_number, charge.creditor_id) = $3::integer
)
SELECT booked.event_id, booked.kind, debtor.code AS debtor, creditor.code AS creditor,
       booked.charge, booked.amount_minor, place.topic, place.generation, place.partition,
       booked.record_offset, booked.batch_id, place.raw_state
  FROM booked
  JOIN participant AS debtor ON debtor.participant_id = booked.debtor_agent_id
  JOIN participant AS creditor ON creditor.participant_id = booked.creditor_agent_id
  LEFT JOIN LATERAL (SELECT * FROM batch_place
                      WHERE batch_place.batch_id = booked.batch_id
                      LIMIT 1) AS place ON true -- of these batches alone, each once
 ORDER BY booked.batch_id, booked.record_offset, booked.charge COLLATE "C";
