-- What a payment file holds, and what became of it.
--   $1 file_id uuid
SELECT line, end_to_end_id, participant.code, amount_minor, currency, status,
       coalesce((SELECT said.status || CASE said.reason WHEN '' THEN '' ELSE ' ' || said.reason END
                   FROM payment_status AS said
                  WHERE said.instruction_id = item.instruction_id
                  ORDER BY reply_id DESC, said.line DESC LIMIT 1), '') AS said
  FROM payment_file_item AS item
  JOIN instruction USING (instruction_id)
  JOIN participant USING (participant_id)
 WHERE file_id = $1::uuid
 ORDER BY line;
