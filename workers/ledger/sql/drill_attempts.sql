-- What became of the instruction of a net position: every attempt, its rejection, and who let it
-- be instructed again. An attempt follows the last approval before it.
--   $1 instruction_id uuid
SELECT one.attempt::integer AS attempt, one.commit_id, one.settlement_date, one.status,
       withdrawal.commit_id AS withdrawn_by, withdrawal.withdrawn_on,
       coalesce(withdrawal.reason, '') AS reason, approved.maker, approved.proposed_by,
       approved.checker, approved.approved_by, approved.reason AS proposed_reason,
       approved.commit_id AS approved_commit
  FROM instruction AS asked
  JOIN instruction AS one USING (window_id, participant_id, counterparty_id, direction)
  LEFT JOIN withdrawal ON withdrawal.instruction_id = one.instruction_id
  LEFT JOIN LATERAL (SELECT proposal.maker, proposal.proposed_by, proposal.reason,
                            approval.checker, approval.approved_by, approval.commit_id
                       FROM reinstruction AS proposal
                       JOIN reinstruction_approval AS approval USING (reinstruction_id)
                      WHERE proposal.window_id = one.window_id
                        AND proposal.settlement_date = one.settlement_date
                        AND approval.commit_id < one.commit_id
                      ORDER BY approval.commit_id DESC LIMIT 1) AS approved ON one.attempt > 1
 WHERE asked.instruction_id = $1::uuid
 ORDER BY one.attempt;
