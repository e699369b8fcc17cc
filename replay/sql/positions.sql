-- How far is every partition of every incarnation, who has it, and why does it stand still?
--   $1 topic text (null: any)   $2 generation integer (0: any)
SELECT source.topic, source.kind, source.cluster_id, source.generation,
       NOT EXISTS (SELECT FROM source AS newer
                    WHERE newer.kind = source.kind AND newer.cluster_id = source.cluster_id
                      AND newer.topic = source.topic
                      AND newer.generation > source.generation) AS newest,
       number.partition, position.start_offset, position.next_offset, position.epoch,
       position.owner, nullif(position.watermark, '-infinity') AS watermark,
       position.anchor_offset, position.anchor_time_ms, position.halt_reason, position.halted_at,
       (SELECT count(*) FROM parked
         WHERE parked.source_id = source.source_id AND parked.partition = number.partition
           AND state = 'PARKED') AS parked_count,
       (SELECT coalesce(sum(gap.next_offset - gap.first_offset), 0)::bigint
          FROM accepted_gap AS gap
         WHERE gap.source_id = source.source_id AND gap.partition = number.partition)
       AS gap_count,
       CASE WHEN position.halt_reason = 'halted_by_operator'
            THEN (SELECT reason FROM operator_action AS action
                   WHERE action.source_id = source.source_id
                     AND action.partition = number.partition AND action = 'position_halt'
                   ORDER BY acted_at DESC
                   LIMIT 1)
       END AS operator_reason
  FROM source
 CROSS JOIN generate_series(0, source.partitions - 1) AS number (partition)
  LEFT JOIN position
    ON position.source_id = source.source_id AND position.partition = number.partition
 WHERE ($1::text IS NULL OR source.topic = $1::text)
   AND ($2::integer = 0 OR source.generation = $2::integer)
 ORDER BY source.topic, source.cluster_id, source.generation DESC, number.partition;
