-- Which instruction did an entry of a window book, or book back, and of which net position is it?
-- Instructions of one participant, direction and amount are told apart by their order, as the
-- close, the reversal and the next attempt wrote them; customers' payments before what is left of
-- their position. amount_minor is of all that the position instructs, apart_minor what of it other
-- entries book: the other part of a return, or the position's other payments.
--   $1 commit_id bigint, $2 line integer
WITH entry AS (
    SELECT journal_entry.*, side.participant_id, side.direction, side.own_kind,
           row_number() OVER (PARTITION BY side.participant_id, side.direction, side.own_kind,
                                           amount_minor
                              ORDER BY line) AS nth
      FROM journal_entry
      JOIN commit_log USING (commit_id)
      JOIN account AS debit ON debit.account_id = debit_account_id
      JOIN account AS credit ON credit.account_id = credit_account_id
     CROSS JOIN LATERAL (
               SELECT CASE WHEN (credit.kind = 'OBLIGATION')
                                = (commit_log.action NOT IN ('failed', 'returned'))
                           THEN 'COLLECT' ELSE 'PAY' END AS direction,
                      CASE WHEN credit.kind = 'OBLIGATION' THEN credit.participant_id
                           ELSE debit.participant_id END AS participant_id,
                      CASE WHEN credit.kind = 'OBLIGATION' THEN debit.kind ELSE credit.kind END
                          AS own_kind) AS side
     WHERE commit_id = $1::bigint
       AND (debit.kind = 'OBLIGATION') <> (credit.kind = 'OBLIGATION')
       AND side.own_kind IN ('NOSTRO', 'BANK_CHARGES', 'SUSPENSE')
), told AS ( -- rejected_id: by which the rows of a rejection and of a next attempt were ordered
    SELECT later.instruction_id, before.instruction_id AS rejected_id, 'NOSTRO' AS own_kind,
           later.amount_minor AS booked_minor
      FROM instruction AS later
      LEFT JOIN instruction AS before
        ON before.window_id = later.window_id AND before.participant_id = later.participant_id
       AND before.counterparty_id = later.counterparty_id
       AND before.direction = later.direction AND before.event_id = later.event_id
       AND before.attempt = later.attempt - 1
     WHERE later.window_id IN (SELECT window_id FROM entry) AND later.commit_id = $1::bigint
    UNION ALL
    SELECT instruction_id, instruction_id, 'NOSTRO', instruction.amount_minor
      FROM withdrawal
      JOIN instruction USING (instruction_id)
     WHERE withdrawal.window_id IN (SELECT window_id FROM entry)
       AND withdrawal.commit_id = $1::bigint
    UNION ALL
    SELECT said.instruction_id, said.instruction_id, part.own_kind, part.minor
      FROM expected_item AS item
      JOIN payment_return AS said USING (return_id)
      JOIN instruction ON instruction.instruction_id = said.instruction_id
     CROSS JOIN LATERAL (VALUES ('NOSTRO', said.amount_minor),
                                ('BANK_CHARGES', instruction.amount_minor - said.amount_minor))
           AS part (own_kind, minor)
     WHERE item.window_id IN (SELECT window_id FROM entry) AND item.commit_id = $1::bigint
       AND part.minor > 0
    UNION ALL
    SELECT instruction_id, instruction_id, 'NOSTRO', amount_minor
      FROM ruling_booking
     WHERE window_id IN (SELECT window_id FROM entry) AND commit_id = $1::bigint
    UNION ALL
    SELECT instruction_id, instruction_id, 'SUSPENSE', instruction.amount_minor
      FROM abandoned_instruction AS outside
      JOIN instruction USING (instruction_id)
     WHERE outside.window_id IN (SELECT window_id FROM entry) AND outside.commit_id = $1::bigint
), instructed AS (
    SELECT instruction.*, told.own_kind, told.booked_minor,
           row_number() OVER (PARTITION BY participant_id, direction, own_kind, booked_minor
                              ORDER BY rejected_id, counterparty_id, event_day IS NULL, event_id)
               AS nth,
           (SELECT sum(one.amount_minor)::bigint
              FROM instruction AS one
             WHERE one.window_id = instruction.window_id
               AND one.participant_id = instruction.participant_id
               AND one.counterparty_id = instruction.counterparty_id
               AND one.direction = instruction.direction AND one.attempt = 1) AS position_minor
      FROM told
      JOIN instruction USING (instruction_id)
)
SELECT instructed.instruction_id, instructed.end_to_end_id, instructed.participant_id,
       participant.code AS participant, instructed.counterparty_id,
       coalesce(other.code,
                CASE net_proof.model WHEN 'MULTILATERAL' THEN 'all, against the settlement agent'
                                     ELSE 'the settlement agent, for charges alone' END)
           AS counterparty,
       instructed.direction, instructed.position_minor, instructed.status, net_proof.model,
       net.owes_minor, net.is_owed_minor, net.net_minor,
       instructed.position_minor - instructed.booked_minor AS apart_minor,
       instructed.position_minor <> instructed.amount_minor AS is_one_of_several,
       instructed.event_day IS NOT NULL AS is_customers, instructed.event_id
  FROM entry
  JOIN instructed ON instructed.participant_id = entry.participant_id
                 AND instructed.direction = entry.direction
                 AND instructed.own_kind = entry.own_kind
                 AND instructed.booked_minor = entry.amount_minor AND instructed.nth = entry.nth
  JOIN net_position AS net
    ON net.window_id = entry.window_id AND net.participant_id = instructed.participant_id
   AND net.counterparty_id = instructed.counterparty_id
  JOIN net_proof ON net_proof.window_id = entry.window_id
  JOIN participant ON participant.participant_id = instructed.participant_id
  LEFT JOIN participant AS other ON other.participant_id = instructed.counterparty_id
 WHERE entry.line = $2::integer;
