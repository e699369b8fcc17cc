-- How did two people clear a suspense balance in a commit, and of which payment? What was cleared
-- of it before stands beside it, and what is left now.
--   $1 commit_id bigint
SELECT asked.clearing_id, asked.purpose, asked.amount_minor, asked.reason, asked.maker,
       asked.proposed_by, approval.checker, approval.approved_by,
       encode(asked.digest, 'hex') AS digest, item.instruction_id, item.direction,
       item.participant, item.amount_minor AS outside_minor, item.left_minor,
       (SELECT coalesce(sum(other.amount_minor), 0)::bigint
          FROM suspense_clearing AS other
          JOIN suspense_clearing_approval USING (clearing_id)
         WHERE other.instruction_id = item.instruction_id) AS cleared_minor,
       item.booked_on, item.commit_id, item.window_id, item.reason AS outside_reason,
       expected.value_date, expected.reference, expected.is_open
  FROM suspense_clearing_approval AS approval
  JOIN suspense_clearing AS asked USING (clearing_id)
  JOIN suspense_item AS item USING (instruction_id)
  LEFT JOIN expected_item AS expected ON expected.clearing_id = asked.clearing_id
 WHERE approval.commit_id = $1::bigint;
