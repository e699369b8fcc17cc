-- Which incarnation of this topic is the current one, and how many partitions had it?
--   $1 kind text   $2 cluster_id text   $3 topic text
SELECT source_id, generation, partitions
  FROM source
 WHERE kind = $1::text AND cluster_id = $2::text AND topic = $3::text
 ORDER BY generation DESC
 LIMIT 1;
