-- What this commit took from each partition.
--   $1 commit_id bigint         $2 source_id integer        $3 batch_ids bigint[]
--   $4 partitions integer[]     $5 epochs bigint[]          $6 first_offsets bigint[]
--   $7 next_offsets bigint[]    $8 record_counts integer[]  $9 applied_counts integer[]
--   $10 duplicate_counts integer[]  $11 parked_counts integer[]
--   $12 records_roots text[], 64 hex digits each
INSERT INTO batch (commit_id, source_id, batch_id, partition, epoch, first_offset, next_offset,
                   record_count, applied_count, duplicate_count, parked_count, records_root)
SELECT $1::bigint, $2::integer, taken.batch_id, taken.partition, taken.epoch, taken.first_offset,
       taken.next_offset, taken.record_count, taken.applied_count, taken.duplicate_count,
       taken.parked_count, decode(taken.records_root, 'hex')
  FROM unnest($3::bigint[], $4::integer[], $5::bigint[], $6::bigint[], $7::bigint[], $8::integer[],
              $9::integer[], $10::integer[], $11::integer[], $12::text[])
       AS taken (batch_id, partition, epoch, first_offset, next_offset, record_count,
                 applied_count, duplicate_count, parked_count, records_root);
