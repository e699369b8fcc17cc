-- Which findings hold a statement back: what we ship, and what two people said, for all accounts
-- and for single ones.
--   $1 code text[], $2 severity text[], $3 shipped boolean[]
SELECT shipped.code, shipped.severity, CASE WHEN shipped.holds THEN 'hold' ELSE 'load' END,
       CASE policy.holds WHEN true THEN 'hold' WHEN false THEN 'load' END,
       account.code, policy.since, policy.proposal_id
  FROM unnest($1::text[], $2::text[], $3::boolean[]) WITH ORDINALITY
       AS shipped (code, severity, holds, ordinal)
  LEFT JOIN hold_policy AS policy USING (code)
  LEFT JOIN account USING (account_id)
 ORDER BY shipped.ordinal, account.code NULLS FIRST;
