-- Which instruction did an entry of a window book, or book back, and of which net position is it?
-- Instructions of one participant, direction and amount are told apart by their order, as the
-- close, the reversal and the next attempt wrote them.
--   $1 commit_id bigint, $2 line integer
WITH entry AS (
    SELECT journal_entry.*, side.participant_id, side.direction,
           row_number() OVER (PARTITION BY side.participant_id, side.direction, amount_minor
                              ORDER BY line) AS nth
      FROM journal_entry
      JOIN commit_log USING (commit_id)
      JOIN account AS debit ON debit.account_id = debit_account_id
      JOIN account AS credit ON credit.account_id = credit_account_id
     CROSS JOIN LATERAL (
               SELECT CASE WHEN (debit.kind = 'NOSTRO') = (commit_log.action <> 'failed')
                           THEN 'COLLECT' ELSE 'PAY' END AS direction,
                      CASE WHEN debit.kind = 'NOSTRO' THEN credit.participant_id
                           ELSE debit.participant_id END AS participant_id) AS side
     WHERE commit_id = $1::bigint
       AND ((debit.kind, credit.kind) IN (('NOSTRO', 'OBLIGATION'), ('OBLIGATION', 'NOSTRO')))
), told AS ( -- rejected_id: by which the rows of a rejection and of a next attempt were ordered
    SELECT later.instruction_id, before.instruction_id AS rejected_id
      FROM instruction AS later
      LEFT JOIN instruction AS before
        ON before.window_id = later.window_id AND before.participant_id = later.participant_id
       AND before.counterparty_id = later.counterparty_id
       AND before.direction = later.direction AND before.attempt = later.attempt - 1
     WHERE later.window_id IN (SELECT window_id FROM entry) AND later.commit_id = $1::bigint
    UNION ALL
    SELECT instruction_id, instruction_id
      FROM withdrawal
     WHERE window_id IN (SELECT window_id FROM entry) AND commit_id = $1::bigint
), instructed AS (
    SELECT instruction.*,
           row_number() OVER (PARTITION BY participant_id, direction, amount_minor
                              ORDER BY rejected_id, counterparty_id) AS nth
      FROM told
      JOIN instruction USING (instruction_id)
)
SELECT instructed.instruction_id, instructed.end_to_end_id, instructed.participant_id,
       participant.code AS participant, instructed.counterparty_id,
       coalesce(other.code,
                CASE net_proof.model WHEN 'MULTILATERAL' THEN 'all, against the settlement agent'
                                     ELSE 'the settlement agent, for charges alone' END)
           AS counterparty,
       instructed.direction, instructed.amount_minor, instructed.status, net_proof.model,
       net.owes_minor, net.is_owed_minor, net.net_minor
  FROM entry
  JOIN instructed USING (participant_id, direction, amount_minor, nth)
  JOIN net_position AS net
    ON net.window_id = entry.window_id AND net.participant_id = instructed.participant_id
   AND net.counterparty_id = instructed.counterparty_id
  JOIN net_proof ON net_proof.window_id = entry.window_id
  JOIN participant ON participant.participant_id = instructed.participant_id
  LEFT JOIN participant AS other ON other.participant_id = instructed.counterparty_id
 WHERE entry.line = $2::integer;
