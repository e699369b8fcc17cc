-- The next batches of a day with their raw records and leaves, by id: some, up to 32 MiB and one.
--   $1 day date   $2 after batch_id bigint
SELECT batch.batch_id, batch.commit_id, source_id, partition, epoch, first_offset, next_offset,
       record_count, applied_count, duplicate_count, parked_count, records_root, page.key_id,
       plain_size, seed, sealed, leaf
  FROM (SELECT batch_id, key_id, plain_size, seed, sealed,
               sum(octet_length(sealed)) OVER (ORDER BY batch_id)
               - octet_length(sealed) AS before
          FROM (SELECT * FROM batch_raw
                 WHERE stored_on = $1::date AND batch_id > $2::bigint
                 ORDER BY batch_id
                 LIMIT 256) AS next) AS page
  JOIN batch USING (batch_id)
  JOIN audit_leaf USING (commit_id)
 WHERE before < 32 * 1024 * 1024
 ORDER BY batch_id;
