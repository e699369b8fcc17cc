-- Note what of a window is settled outside, by the newest approval in time, and say how it is
-- booked.
--   $1 window_id bigint, $2 booked_on date, $3 commit_id bigint
WITH gone AS (
    INSERT INTO abandoned_instruction (instruction_id, abandonment_id, window_id, account_id,
                                       booked_on, commit_id)
    SELECT DISTINCT ON (one.instruction_id)
           one.instruction_id, abandonment_id, one.window_id,
           own_account('SUSPENSE', one.currency), $2::date, $3::bigint
      FROM abandonment
      JOIN abandonment_approval USING (abandonment_id)
      JOIN rejected_instruction AS one USING (instruction_id)
     WHERE one.window_id = $1::bigint AND clock_timestamp() <= approve_until
       AND abandonment.digest = abandonment_digest(instruction_id)
     ORDER BY one.instruction_id, abandonment_id DESC
    RETURNING instruction_id, account_id
)
SELECT instruction_id, direction, amount_minor, instruction.currency,
       gone.account_id AS suspense_account_id, owed.account_id AS obligation_account_id
  FROM gone
  JOIN instruction USING (instruction_id)
  JOIN account AS owed ON owed.kind = 'OBLIGATION'
                      AND owed.participant_id = instruction.participant_id
                      AND owed.currency = instruction.currency
 ORDER BY instruction_id;
