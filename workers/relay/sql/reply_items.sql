-- The instructions an answer may speak of: those of the files it names, and those it names itself;
-- and what is known to have come back of them. They are kept from others until the answer is
-- stored.
--   $1 message_id text[], $2 end_to_end_id text[]
SELECT instruction.instruction_id, instruction.end_to_end_id, instruction.status,
       payment_file.message_id, payment_file.state, instruction.amount_minor, instruction.currency,
       payment_return.amount_minor AS returned_minor, payment_return.reference,
       instruction.event_day IS NOT NULL AS is_customers,
       CASE WHEN instruction.attempt = 1 THEN payment.uetr END AS uetr
  FROM instruction
  JOIN payment_file_item AS item ON item.instruction_id = instruction.instruction_id
                                AND NOT item.cancelled
  JOIN payment_file USING (file_id)
  LEFT JOIN payment_return ON payment_return.instruction_id = instruction.instruction_id
  LEFT JOIN payment ON payment.event_day = instruction.event_day
                   AND payment.event_id = instruction.event_id
 WHERE payment_file.message_id = ANY ($1::text[])
    OR instruction.end_to_end_id = ANY ($2::text[])
 ORDER BY instruction.instruction_id
   FOR NO KEY UPDATE OF instruction;
