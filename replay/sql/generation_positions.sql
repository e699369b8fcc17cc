-- Where the partitions of a new generation start.
--   $1 source_id integer   $2 partitions integer[]   $3 start_offsets bigint[]
INSERT INTO position (source_id, partition, next_offset, start_offset)
SELECT $1::integer, made.partition, made.start_offset, made.start_offset
  FROM unnest($2::integer[], $3::bigint[]) AS made (partition, start_offset);
