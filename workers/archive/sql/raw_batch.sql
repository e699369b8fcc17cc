-- One batch with its raw records and leaf; no row where they have expired.
--   $1 from day date   $2 to day date   $3 batch_id bigint
SELECT batch.batch_id, batch.commit_id, source_id, partition, epoch, first_offset, next_offset,
       record_count, applied_count, duplicate_count, parked_count, records_root, batch_raw.key_id,
       plain_size, seed, sealed, leaf
  FROM batch_raw
  JOIN batch USING (batch_id)
  JOIN audit_leaf USING (commit_id)
 WHERE stored_on BETWEEN $1::date AND $2::date AND batch_raw.batch_id = $3::bigint;
