-- Lock the positions of a batch, in order, where they are still ours and not halted: all rows or
-- FENCED. An operator's halt therefore ends the work at the next batch.
--   $1 source_id integer   $2 partitions integer[]   $3 epochs bigint[]
SELECT position.partition, position.next_offset
  FROM position
  JOIN unnest($2::integer[], $3::bigint[]) AS mine (partition, epoch)
    ON mine.partition = position.partition AND mine.epoch = position.epoch
 WHERE position.source_id = $1::integer
   AND position.halt_reason IS NULL
 ORDER BY position.partition
   FOR UPDATE OF position;
