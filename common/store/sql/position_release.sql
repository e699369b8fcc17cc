-- Give partitions back at a clean stop: nobody owns them, nothing of ours is in flight.
--   $1 source_id integer   $2 partitions integer[]   $3 epochs bigint[]
UPDATE position
   SET owner = NULL, owner_pid = NULL, owner_started_at = NULL
  FROM unnest($2::integer[], $3::bigint[]) AS mine (partition, epoch)
 WHERE position.source_id = $1::integer
   AND position.partition = mine.partition
   AND position.epoch = mine.epoch;
