-- Which parked records were decided on before an instant and still have their bytes? Some of them.
--   $1 decided before timestamptz
SELECT batch_id, source_id, partition, record_offset,
       (parked_at AT TIME ZONE 'UTC')::date AS parked_on, record_hash
  FROM parked
  JOIN commit_log ON commit_id = decided_commit_id
 WHERE state <> 'PARKED' AND erased_at IS NULL AND committed_at < $1::timestamptz
 ORDER BY batch_id, record_offset
 LIMIT 500;
