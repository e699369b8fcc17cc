-- Open the next generation of a source, unless there is a newer one already.
--   $1 source_id integer   $2 partitions integer
INSERT INTO source (kind, cluster_id, topic, generation, partitions)
SELECT old.kind, old.cluster_id, old.topic, old.generation + 1, $2::integer
  FROM source AS old
 WHERE old.source_id = $1::integer
    ON CONFLICT DO NOTHING
RETURNING source_id, generation;
