-- The payments behind an accrual, as a stream: those of its commit whose obligation is between its
-- two accounts. A parked record that was retried keeps the batch of its offset, and was booked by
-- the commit of the retry.
--   $1 commit_id bigint, $2 debit_account_id integer, $3 credit_account_id integer
DECLARE ledger_stream NO SCROLL CURSOR FOR
WITH taken AS (
    SELECT payment.*
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
    SELECT payment.*
      FROM parked
      JOIN payment USING (batch_id, record_offset)
     WHERE parked.decided_commit_id = $1::bigint AND parked.state = 'APPLIED'
)
SELECT taken.event_id, taken.kind, debtor.code AS debtor, creditor.code AS creditor,
       taken.settlement_minor AS amount_minor, place.topic, place.generation, place.partition,
       taken.record_offset, taken.batch_id, place.raw_state
  FROM taken
  JOIN participant AS debtor ON debtor.participant_id = taken.debtor_agent_id
  JOIN participant AS creditor ON creditor.participant_id = taken.creditor_agent_id
  JOIN account AS debit
    ON debit.account_id = $2::integer AND debit.currency = taken.settlement_currency
   AND debit.participant_id = CASE taken.kind WHEN 1 THEN taken.debtor_agent_id
                                              ELSE taken.creditor_agent_id END
  JOIN account AS credit
    ON credit.account_id = $3::integer AND credit.currency = taken.settlement_currency
   AND credit.participant_id = CASE taken.kind WHEN 1 THEN taken.creditor_agent_id
                                               ELSE taken.debtor_agent_id END
  LEFT JOIN LATERAL (SELECT * FROM batch_place
                      WHERE batch_place.batch_id = taken.batch_id
                      LIMIT 1) AS place ON true -- of these batches alone, each once
 ORDER BY taken.batch_id, taken.record_offset;
