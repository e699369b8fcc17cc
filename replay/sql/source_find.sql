-- Which incarnation of a topic is this? Generation 0: the newest one.
--   $1 topic text   $2 generation integer
SELECT source_id, generation, partitions, generation = newest, kind, cluster_id, topic
  FROM (SELECT source.*, max(generation) OVER (PARTITION BY kind, cluster_id, topic) AS newest
          FROM source
         WHERE topic = $1::text) AS incarnation
 WHERE generation = CASE $2::integer WHEN 0 THEN newest ELSE $2::integer END
 ORDER BY source_id;
