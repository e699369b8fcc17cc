-- Which partitions of a source have been read, and why do they stand still?
--   $1 source_id integer   $2 partition integer (-1: all)
SELECT partition, next_offset, halt_reason
  FROM position
 WHERE source_id = $1::integer AND ($2::integer = -1 OR partition = $2::integer)
 ORDER BY partition;
