-- What of a window was rejected and waits to be instructed again?
--   $1 window_id bigint
SELECT one.instruction_id, one.participant_id, one.counterparty_id, one.direction,
       one.amount_minor, one.currency, one.account_id AS nostro_account_id,
       owed.account_id AS obligation_account_id, one.attempt::integer AS attempt, one.reason,
       one.withdrawn_on, participant.code, one.event_id
  FROM rejected_instruction AS one
  JOIN participant USING (participant_id)
  JOIN account AS owed ON owed.kind = 'OBLIGATION'
                      AND owed.participant_id = one.participant_id
                      AND owed.currency = one.currency
 WHERE one.window_id = $1::bigint
 ORDER BY one.instruction_id;
