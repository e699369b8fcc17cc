-- Which partitions of a source are halted, and why?
--   $1 source_id integer   $2 partition integer (-1: any)
SELECT partition, next_offset, halt_reason, halted_at
  FROM position
 WHERE source_id = $1::integer AND halt_reason IS NOT NULL
   AND ($2::integer = -1 OR partition = $2::integer)
 ORDER BY partition;
