-- Move the positions of a batch; the count of rows must be the count of partitions, and it is
-- read before COMMIT is sent.
--   $1 source_id integer       $2 partitions integer[]     $3 epochs bigint[]
--   $4 expected bigint[]       $5 next_offsets bigint[]    $6 watermarks timestamptz[]
--   $7 anchor_offsets bigint[] $8 anchor_times_ms bigint[] $9 anchor_crc32cs bigint[]
--   (an anchor offset below 0: nothing was delivered, the old anchor stays)
UPDATE position
   SET next_offset = moved.next_offset,
       watermark = greatest(position.watermark, moved.watermark),
       anchor_offset = CASE WHEN moved.anchor_offset < 0 THEN position.anchor_offset
                            ELSE moved.anchor_offset END,
       anchor_time_ms = CASE WHEN moved.anchor_offset < 0 THEN position.anchor_time_ms
                             ELSE moved.anchor_time_ms END,
       anchor_crc32c = CASE WHEN moved.anchor_offset < 0 THEN position.anchor_crc32c
                            ELSE moved.anchor_crc32c END,
       moved_at = clock_timestamp()
  FROM unnest($2::integer[], $3::bigint[], $4::bigint[], $5::bigint[], $6::timestamptz[],
              $7::bigint[], $8::bigint[], $9::bigint[])
       AS moved (partition, epoch, expected, next_offset, watermark, anchor_offset,
                 anchor_time_ms, anchor_crc32c)
 WHERE position.source_id = $1::integer
   AND position.partition = moved.partition
   AND position.epoch = moved.epoch
   AND position.next_offset = moved.expected;
