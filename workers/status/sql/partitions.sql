-- Every partition of the topics as they are now: how far, by whom, and which stand still? Owner
-- gone: the connection that claimed it has ended, and nobody claimed it since.
--   $1 limit integer
WITH part AS (
    SELECT source.topic, number.partition, position.next_offset, position.epoch, position.owner,
           nullif(position.watermark, '-infinity') AS watermark, position.halt_reason,
           coalesce(position.halted_at, position.moved_at, position.claimed_at) AS since,
           CASE WHEN position.halt_reason IS NOT NULL THEN 'halted'
                WHEN position.epoch IS NULL THEN 'never read'
                WHEN position.owner IS NULL THEN 'given back'
                WHEN NOT EXISTS (SELECT FROM pg_stat_activity AS activity
                                  WHERE activity.pid = position.owner_pid
                                    AND activity.application_name LIKE 'sawa-%') THEN 'owner gone'
                ELSE 'read' END AS state
      FROM source
     CROSS JOIN generate_series(0, source.partitions - 1) AS number (partition)
      LEFT JOIN position
        ON position.source_id = source.source_id AND position.partition = number.partition
     WHERE NOT EXISTS (SELECT FROM source AS newer
                        WHERE newer.kind = source.kind AND newer.cluster_id = source.cluster_id
                          AND newer.topic = source.topic
                          AND newer.generation > source.generation)
)
SELECT count(*) OVER () AS total, count(*) FILTER (WHERE state <> 'read') OVER () AS still,
       state <> 'read' AS is_still, topic || '/' || partition AS partition, state, next_offset,
       epoch, owner, since, watermark, halt_reason
  FROM part
 ORDER BY is_still DESC, topic, part.partition
 LIMIT $1::integer;
