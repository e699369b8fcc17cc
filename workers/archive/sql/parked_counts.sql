-- How many parked records may lose their bytes, and how many as old ones wait for a decision?
--   $1 before timestamptz
SELECT count(*) FILTER (WHERE state <> 'PARKED' AND committed_at < $1::timestamptz),
       count(*) FILTER (WHERE state = 'PARKED' AND parked_at < $1::timestamptz)
  FROM parked
  LEFT JOIN commit_log ON commit_id = decided_commit_id
 WHERE erased_at IS NULL;
