-- What did an entry of a close book that is no instruction: what was taken of a balance that was
-- placed beforehand, or handed over to who settles for a group? Columns as those of
-- drill_instruction.sql. What was taken of one participant and amount is told apart by its order.
--   $1 commit_id bigint, $2 line integer
WITH entry AS (
    SELECT journal_entry.*, debit.kind AS debit_kind, debit.participant_id AS debit_participant,
           credit.participant_id AS credit_participant,
           row_number() OVER (PARTITION BY debit.kind, credit.participant_id, amount_minor
                              ORDER BY line) AS nth
      FROM journal_entry
      JOIN account AS debit ON debit.account_id = debit_account_id
      JOIN account AS credit ON credit.account_id = credit_account_id
     WHERE commit_id = $1::bigint
       AND debit.kind IN ('PREFUNDING', 'OBLIGATION') AND credit.kind = 'OBLIGATION'
), told AS (
    SELECT used.window_id, used.participant_id, used.counterparty_id, 'COLLECT' AS direction,
           used.amount_minor, 'taken of what it placed' AS status, line
      FROM (SELECT prefunding_use.*,
                   row_number() OVER (PARTITION BY participant_id, amount_minor
                                      ORDER BY counterparty_id) AS nth
              FROM prefunding_use WHERE commit_id = $1::bigint) AS used
      JOIN entry ON entry.debit_kind = 'PREFUNDING'
                AND entry.credit_participant = used.participant_id
                AND entry.amount_minor = used.amount_minor AND entry.nth = used.nth
    UNION ALL
    SELECT handed.window_id, handed.participant_id, 0,
           CASE WHEN net_minor < 0 THEN 'COLLECT' ELSE 'PAY' END, entry.amount_minor,
           'handed over to ' || head.code, line
      FROM group_net AS handed
      JOIN participant AS head ON head.participant_id = handed.through_id
      JOIN entry ON entry.debit_kind = 'OBLIGATION' AND entry.amount_minor = abs(net_minor)
                AND (entry.debit_participant, entry.credit_participant)
                    = (CASE WHEN net_minor < 0 THEN handed.through_id
                            ELSE handed.participant_id END,
                       CASE WHEN net_minor < 0 THEN handed.participant_id
                            ELSE handed.through_id END)
     WHERE handed.commit_id = $1::bigint
)
SELECT NULL::uuid AS instruction_id, '' AS end_to_end_id, told.participant_id,
       participant.code AS participant, told.counterparty_id,
       coalesce(other.code,
                CASE net_proof.model WHEN 'MULTILATERAL' THEN 'all, against the settlement agent'
                                     ELSE 'the settlement agent, for charges alone' END)
           AS counterparty,
       told.direction, told.amount_minor, told.status, net_proof.model, net.owes_minor,
       net.is_owed_minor, net.net_minor, 0::bigint AS apart_minor
  FROM told
  JOIN net_position AS net ON net.window_id = told.window_id
                          AND net.participant_id = told.participant_id
                          AND net.counterparty_id = told.counterparty_id
  JOIN net_proof ON net_proof.window_id = told.window_id
  JOIN participant ON participant.participant_id = told.participant_id
  LEFT JOIN participant AS other ON other.participant_id = told.counterparty_id
 WHERE told.line = $2::integer;
