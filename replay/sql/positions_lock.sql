-- Lock the positions of a source in the order every batch takes them; one that is in flight is
-- waited for.
--   $1 source_id integer
SELECT partition, next_offset, halt_reason
  FROM position
 WHERE source_id = $1::integer
 ORDER BY partition
   FOR UPDATE;
