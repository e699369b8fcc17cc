-- How many audit leaves wait for their index? They stand still when leaves have been sealed before
-- and the oldest pending one is older than an hour.
--   $1 now timestamptz
WITH pending AS (
    SELECT count(*) AS leaves, min(commit_id) AS oldest FROM audit_leaf WHERE leaf_index IS NULL
), judged AS (
    SELECT pending.leaves, commit_log.committed_at AS since, sealed.last_index,
           coalesce(sealed.last_index IS NOT NULL
                    AND commit_log.committed_at < $1::timestamptz - interval '1 hour', false)
           AS is_still
      FROM pending
      LEFT JOIN commit_log ON commit_log.commit_id = pending.oldest
     CROSS JOIN (SELECT max(leaf_index) AS last_index FROM audit_leaf) AS sealed
)
SELECT leaves AS total, is_still::integer AS still, is_still, leaves AS pending, since, last_index
  FROM judged
 WHERE leaves > 0;
