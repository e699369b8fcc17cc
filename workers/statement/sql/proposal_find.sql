-- A proposal, and whether it still waits.
--   $1 proposal_id bigint
SELECT proposal.action, proposal.statement_id, proposal.code, account.code, proposal.maker,
       proposal.proposed_by, proposal.reason, decided.decision, decided.checker
  FROM statement_proposal AS proposal
  LEFT JOIN statement_decision AS decided USING (proposal_id)
  LEFT JOIN account USING (account_id)
 WHERE proposal.proposal_id = $1::bigint;
