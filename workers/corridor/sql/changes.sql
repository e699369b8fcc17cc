-- What was proposed, and what became of it.
SELECT change.change_id,
       coalesce(decided.decision, CASE WHEN change.expires_at < clock_timestamp()
                                       THEN 'EXPIRED' ELSE 'WAITING' END) AS state,
       change.maker, change.proposed_by, change.proposed_at, change.expires_at,
       coalesce(decided.checker, '') AS checker, coalesce(decided.decided_by, '') AS decided_by,
       decided.decided_at, encode(change.digest, 'hex') AS digest,
       coalesce(nullif(decided.reason, ''), change.reason) AS reason
  FROM corridor_change AS change
  LEFT JOIN corridor_decision AS decided USING (change_id)
 ORDER BY change.change_id;
