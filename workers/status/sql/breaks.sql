-- Open breaks by how long they have been known. After a week without an end one stands still.
--   $1 now timestamptz
WITH open AS (
    SELECT break_item.type, break_item.opened_on, commit_log.committed_at,
           CASE WHEN age.days < 1 THEN 0 WHEN age.days < 7 THEN 1 WHEN age.days < 30 THEN 2
                ELSE 3 END AS bucket
      FROM break_item
      JOIN commit_log ON commit_log.commit_id = break_item.opened_commit_id
     CROSS JOIN LATERAL (SELECT extract(epoch FROM $1::timestamptz - commit_log.committed_at)
                                / 86400 AS days) AS age
     WHERE break_item.state <> 'RESOLVED'
), typed AS (
    SELECT bucket, type, count(*) AS breaks, min(opened_on) AS oldest, min(committed_at) AS since
      FROM open GROUP BY bucket, type
), aged AS (
    SELECT bucket, sum(breaks)::bigint AS breaks, min(oldest) AS oldest, min(since) AS since,
           string_agg(type || ' ' || breaks, ', ' ORDER BY breaks DESC, type) AS types
      FROM typed GROUP BY bucket
)
SELECT (sum(breaks) OVER ())::bigint AS total,
       coalesce(sum(breaks) FILTER (WHERE bucket >= 2) OVER (), 0)::bigint AS still,
       bucket >= 2 AS is_still,
       (ARRAY['today', 'up to 7 days', '7 to 30 days', 'over 30 days'])[bucket + 1] AS known,
       breaks, oldest AS oldest_opened_on, since, types
  FROM aged
 ORDER BY bucket DESC;
