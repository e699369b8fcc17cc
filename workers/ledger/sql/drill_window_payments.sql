-- The payments behind a net position, as a stream; is_owed: the participant is owed it, else it
-- owes it. Days that were let go have left one sum per pair and day: then there is no event_id.
--   $1 window_id bigint, $2 participant_id integer, $3 counterparty_id integer (0: everybody)
DECLARE ledger_stream NO SCROLL CURSOR FOR
WITH behind AS (
    SELECT event_id, kind, debtor_agent_id, creditor_agent_id,
           CASE kind WHEN 1 THEN debtor_agent_id ELSE creditor_agent_id END AS owing_id,
           CASE kind WHEN 1 THEN creditor_agent_id ELSE debtor_agent_id END AS owed_id,
           1::bigint AS payment_count, settlement_minor AS amount_minor, event_day, batch_id,
           record_offset
      FROM payment
     WHERE window_id = $1::bigint
    UNION ALL
    SELECT NULL, 0::smallint, debtor_id, creditor_id, debtor_id, creditor_id, payment_count,
           amount_minor, day, NULL, NULL
      FROM expired_payment_total
     WHERE window_id = $1::bigint
)
SELECT behind.event_id, behind.kind, debtor.code AS debtor, creditor.code AS creditor,
       behind.amount_minor, behind.owed_id = $2::integer AS is_owed, behind.payment_count,
       behind.event_day, place.topic, place.generation, place.partition, behind.record_offset,
       behind.batch_id, place.raw_state
  FROM behind
  JOIN participant AS debtor ON debtor.participant_id = behind.debtor_agent_id
  JOIN participant AS creditor ON creditor.participant_id = behind.creditor_agent_id
  LEFT JOIN LATERAL (SELECT * FROM batch_place
                      WHERE batch_place.batch_id = behind.batch_id
                      LIMIT 1) AS place ON true -- of these batches alone, each once
 WHERE (behind.owing_id = $2::integer AND $3::integer IN (0, behind.owed_id))
    OR (behind.owed_id = $2::integer AND $3::integer IN (0, behind.owing_id))
 ORDER BY behind.batch_id NULLS FIRST, behind.record_offset, behind.event_day;
