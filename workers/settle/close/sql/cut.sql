-- Cut the partitions whose watermark has not passed where they stand now.
--   $1 window_id bigint, $2 kind text, $3 topics text[]
INSERT INTO window_cut (window_id, source_id, partition, cut_offset, kind)
SELECT $1::bigint, position.source_id, position.partition, position.next_offset, $2::text
  FROM position
  JOIN source USING (source_id)
 WHERE source.topic = ANY ($3::text[])
    ON CONFLICT ON CONSTRAINT i3_one_cut_per_partition DO NOTHING;
