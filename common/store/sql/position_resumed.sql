-- Which of these partitions, halted when we claimed them, may be claimed again: an operator
-- accepted their halt, or opened a newer generation of their source?
--   $1 source_id integer   $2 partitions integer[]
SELECT position.partition, newest.source_id <> $1::integer AS is_superseded
  FROM position
  JOIN source AS mine ON mine.source_id = position.source_id
 CROSS JOIN LATERAL (SELECT source.source_id
                       FROM source
                      WHERE source.kind = mine.kind AND source.cluster_id = mine.cluster_id
                        AND source.topic = mine.topic
                      ORDER BY generation DESC
                      LIMIT 1) AS newest
 WHERE position.source_id = $1::integer
   AND position.partition = ANY ($2::integer[])
   AND (position.halt_reason IS NULL OR newest.source_id <> $1::integer);
