-- A lease, still free, for every partition of a topic.
--   $1 cluster_id text   $2 topic text   $3 partitions integer
INSERT INTO partition_lease (cluster_id, topic, partition)
SELECT $1::text, $2::text, number
  FROM generate_series(0, $3::integer - 1) AS number
ON CONFLICT DO NOTHING;
