-- The proposal that stands, and the balance as it is now.
SELECT proposal_id, action, last_date, digest, reason, maker, proposed_by, proposed_at, expires_at,
       expires_at < clock_timestamp() AS is_late, trial_balance_digest(last_date) AS digest_now
  FROM period_proposal
 WHERE state = 'PROPOSED';
