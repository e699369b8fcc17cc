-- Where the watermarks of these partitions passed these cut-offs. A cut that stands already stays:
-- the close was earlier.
--   $1 source_id integer   $2 window_ids bigint[]   $3 partitions integer[]   $4 offsets bigint[]
INSERT INTO window_cut (window_id, source_id, partition, cut_offset, kind)
SELECT cut.window_id, $1::integer, cut.partition, cut.cut_offset, 'WATERMARK'
  FROM unnest($2::bigint[], $3::integer[], $4::bigint[]) AS cut (window_id, partition, cut_offset)
ON CONFLICT DO NOTHING;
