-- What became of the instruction of a net position: every attempt, its rejection or return, who let
-- it be instructed again, be settled outside, or found it made after all. An attempt follows the
-- last approval before it.
--   $1 instruction_id uuid
SELECT one.attempt::integer AS attempt, one.commit_id, one.settlement_date, one.status,
       withdrawal.commit_id AS withdrawn_by, withdrawal.withdrawn_on,
       coalesce(withdrawal.reason, '') AS reason, approved.maker, approved.proposed_by,
       approved.checker, approved.approved_by, approved.reason AS proposed_reason,
       approved.commit_id AS approved_commit, outside.commit_id AS outside_by, outside.booked_on,
       abandonment.maker AS outside_maker, abandonment.proposed_by AS outside_proposed_by,
       decided.checker AS outside_checker, decided.approved_by AS outside_approved_by,
       abandonment.reason AS outside_reason, ruled.commit_id AS ruled_by, ruled.booked_on,
       ruled.maker AS ruled_maker, ruled.proposed_by AS ruled_proposed_by,
       ruled.checker AS ruled_checker, ruled.approved_by AS ruled_approved_by, ruled.evidence
  FROM instruction AS asked
  JOIN instruction AS one
       USING (window_id, participant_id, counterparty_id, direction, event_id)
  LEFT JOIN (SELECT instruction_id, commit_id, withdrawn_on, reason FROM withdrawal
              UNION ALL
             SELECT payment_return.instruction_id, item.commit_id, item.book_date, reason
               FROM payment_return
               JOIN expected_item AS item USING (return_id)) AS withdrawal
         ON withdrawal.instruction_id = one.instruction_id
  LEFT JOIN abandoned_instruction AS outside ON outside.instruction_id = one.instruction_id
  LEFT JOIN abandonment USING (abandonment_id)
  LEFT JOIN abandonment_approval AS decided USING (abandonment_id)
  LEFT JOIN (SELECT instruction_id, said.commit_id, booked_on, said.maker, said.proposed_by,
                    checker, approved_by, evidence
               FROM ruling_approval AS said
               JOIN ruling USING (ruling_id)
              WHERE effect = 'RESTORED') AS ruled ON ruled.instruction_id = one.instruction_id
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
