-- What was proposed about held statements and about findings, the newest first.
--   $1 about_policy boolean, $2 limit integer
SELECT proposal.proposal_id, lower(proposal.action), proposal.statement_id, proposal.code,
       account.code,
       coalesce(decided.decision, CASE WHEN proposal.expires_at < clock_timestamp()
                                       THEN 'EXPIRED' ELSE 'WAITING' END),
       proposal.maker, proposal.proposed_by, proposal.proposed_at, proposal.expires_at,
       decided.checker, decided.decided_by, decided.decided_at, proposal.reason, decided.reason
  FROM statement_proposal AS proposal
  LEFT JOIN statement_decision AS decided USING (proposal_id)
  LEFT JOIN account USING (account_id)
 WHERE (proposal.statement_id IS NULL) = $1::boolean
 ORDER BY proposal.proposal_id DESC
 LIMIT $2::integer;
