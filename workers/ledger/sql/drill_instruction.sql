-- Which instruction did an entry of a close book, and of which net position is it? Instructions of
-- one participant, direction and amount are told apart by their order, as the close wrote them.
--   $1 commit_id bigint, $2 line integer
WITH entry AS (
    SELECT journal_entry.*, side.participant_id, side.direction,
           row_number() OVER (PARTITION BY side.participant_id, side.direction, amount_minor
                              ORDER BY line) AS nth
      FROM journal_entry
      JOIN account AS debit ON debit.account_id = debit_account_id
      JOIN account AS credit ON credit.account_id = credit_account_id
     CROSS JOIN LATERAL (
               SELECT CASE WHEN debit.kind = 'NOSTRO' THEN 'COLLECT' ELSE 'PAY' END AS direction,
                      CASE WHEN debit.kind = 'NOSTRO' THEN credit.participant_id
                           ELSE debit.participant_id END AS participant_id) AS side
     WHERE commit_id = $1::bigint
       AND ((debit.kind, credit.kind) IN (('NOSTRO', 'OBLIGATION'), ('OBLIGATION', 'NOSTRO')))
), instructed AS (
    SELECT instruction.*,
           row_number() OVER (PARTITION BY participant_id, direction, amount_minor
                              ORDER BY counterparty_id) AS nth
      FROM instruction
     WHERE commit_id = $1::bigint
)
SELECT instructed.instruction_id, instructed.end_to_end_id, instructed.participant_id,
       participant.code AS participant, instructed.counterparty_id,
       coalesce(other.code, 'all, against the settlement agent') AS counterparty,
       instructed.direction, instructed.amount_minor, instructed.status, net_proof.model,
       net.owes_minor, net.is_owed_minor, net.net_minor,
       coalesce((SELECT sum(amount_minor) FROM obligation
                  WHERE obligation.window_id = entry.window_id
                    AND debtor_id = instructed.participant_id
                    AND instructed.counterparty_id IN (0, creditor_id)), 0)::bigint AS owes_gross,
       coalesce((SELECT sum(amount_minor) FROM obligation
                  WHERE obligation.window_id = entry.window_id
                    AND creditor_id = instructed.participant_id
                    AND instructed.counterparty_id IN (0, debtor_id)), 0)::bigint AS is_owed_gross
  FROM entry
  JOIN instructed USING (participant_id, direction, amount_minor, nth)
  JOIN net_position AS net
    ON net.window_id = entry.window_id AND net.participant_id = instructed.participant_id
   AND net.counterparty_id = instructed.counterparty_id
  JOIN net_proof ON net_proof.window_id = entry.window_id
  JOIN participant ON participant.participant_id = instructed.participant_id
  LEFT JOIN participant AS other ON other.participant_id = instructed.counterparty_id
 WHERE entry.line = $2::integer;
