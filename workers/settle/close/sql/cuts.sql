-- Where does a window end in every partition?
--   $1 window_id bigint
SELECT source_id, partition, cut_offset, kind
  FROM window_cut
 WHERE window_id = $1::bigint
 ORDER BY source_id, partition;
