-- A change of the corridor book, and what became of it.
--   $1 change_id bigint
SELECT change.definition, change.holidays, change.digest, change.maker, change.proposed_by,
       coalesce(decided.decision, '') AS decision
  FROM corridor_change AS change
  LEFT JOIN corridor_decision AS decided USING (change_id)
 WHERE change.change_id = $1::bigint;
