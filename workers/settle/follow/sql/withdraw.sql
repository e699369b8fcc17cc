-- Expect no more what a bank rejected, and say how it was booked.
--   $1 window_id bigint, $2 withdrawn_on date, $3 commit_id bigint
WITH gone AS (
    INSERT INTO withdrawal (expected_item_id, instruction_id, window_id, reason, withdrawn_on,
                            commit_id)
    SELECT item.expected_item_id, instruction.instruction_id, $1::bigint,
           coalesce((SELECT said.reason
                       FROM payment_status AS said
                      WHERE said.instruction_id = instruction.instruction_id
                        AND said.outcome IN ('APPLIED', 'CONTRADICTS')
                        AND said.status IN ('RJCT', 'CANC')
                      ORDER BY said.reply_id DESC, said.line DESC LIMIT 1), ''),
           $2::date, $3::bigint
      FROM instruction
      JOIN expected_item AS item USING (instruction_id)
     WHERE instruction.window_id = $1::bigint AND instruction.status = 'REJECTED' AND item.is_open
    RETURNING instruction_id, reason
)
SELECT instruction_id, gone.reason, direction, amount_minor, instruction.currency,
       instruction.account_id AS nostro_account_id, owed.account_id AS obligation_account_id
  FROM gone
  JOIN instruction USING (instruction_id)
  JOIN account AS owed ON owed.kind = 'OBLIGATION'
                      AND owed.participant_id = instruction.participant_id
                      AND owed.currency = instruction.currency
 ORDER BY instruction_id;
