-- Make the first generation of a topic known; another worker may do the same.
--   $1 kind text   $2 cluster_id text   $3 topic text   $4 partitions integer
INSERT INTO source (kind, cluster_id, topic, generation, partitions)
VALUES ($1::text, $2::text, $3::text, 1, $4::integer)
ON CONFLICT DO NOTHING;
