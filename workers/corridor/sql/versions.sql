-- The versions of corridors: from when, which business date has its first window, who proposed and
-- who approved it.
--   $1 code text (null: all)
SELECT corridor.code, corridor.version, corridor.effective_from,
       (SELECT min(business_date) FROM settlement_window AS w
         WHERE w.corridor_id = corridor.corridor_id AND w.corridor_version = corridor.version)
           AS first_window,
       encode(corridor.digest, 'hex') AS digest, coalesce(corridor.change_id, 0) AS change_id,
       coalesce(decided.decision, '') AS decision, coalesce(change.maker, '') AS maker,
       coalesce(change.proposed_by, '') AS proposed_by, coalesce(decided.checker, '') AS checker,
       coalesce(decided.decided_by, '') AS decided_by, decided.decided_at
  FROM corridor
  LEFT JOIN corridor_change AS change USING (change_id)
  LEFT JOIN corridor_decision AS decided USING (change_id)
 WHERE $1::text IS NULL OR corridor.code = $1::text
 ORDER BY corridor.code, corridor.version;
