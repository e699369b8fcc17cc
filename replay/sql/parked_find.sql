-- A parked record with all its bytes, and where its partition's watermark stands now.
--   $1 source_id integer   $2 partition integer   $3 record_offset bigint
SELECT parked.batch_id, parked.reason, parked.state, parked.key_id, parked.sealed,
       parked.parked_at, position.watermark,
       parked.erased_at, parked.record_hash
  FROM parked
  JOIN position USING (source_id, partition)
 WHERE parked.source_id = $1::integer AND parked.partition = $2::integer
   AND parked.record_offset = $3::bigint;
