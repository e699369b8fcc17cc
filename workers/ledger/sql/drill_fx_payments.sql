-- The payments behind the volume of a window in source currency, as a stream; beside it the lock
-- that a payment names.
--   $1 window_id bigint
DECLARE ledger_stream NO SCROLL CURSOR FOR
SELECT payment.event_id, payment.kind, debtor.code AS debtor, creditor.code AS creditor,
       CASE WHEN lock_id IS NULL THEN '' ELSE 'LOCK ' || left(lock_id::text, 7) END AS charge,
       instructed_minor AS amount_minor, place.topic, place.generation, place.partition,
       payment.record_offset, payment.batch_id, place.raw_state
  FROM payment
  JOIN participant AS debtor ON debtor.participant_id = debtor_agent_id
  JOIN participant AS creditor ON creditor.participant_id = creditor_agent_id
  LEFT JOIN LATERAL (SELECT * FROM batch_place
                      WHERE batch_place.batch_id = payment.batch_id
                      LIMIT 1) AS place ON true -- of these batches alone, each once
 WHERE window_id = $1::bigint
 ORDER BY payment.batch_id, payment.record_offset;
