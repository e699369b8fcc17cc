-- Which windows are past their cut-off and not closed, or failed, and what do they wait for? Due:
-- partitions may still pass the cut-off. Overdue: nothing is left to wait for. Held: an FX lock or
-- a rate is missing. Held by hand: somebody else must release it. Over a cap, underfunded: a net
-- debit is too large, or more than was placed. Failed: a bank rejected instructions.
--   $1 now timestamptz   $2 topics text[]   $3 limit integer
WITH payment_partition AS (
    SELECT source_id, topic || '/' || number AS place, number AS partition
      FROM source CROSS JOIN generate_series(0, partitions - 1) AS number
     WHERE topic = ANY ($2::text[])
       AND NOT EXISTS (SELECT FROM source AS newer
                        WHERE newer.kind = source.kind AND newer.cluster_id = source.cluster_id
                          AND newer.topic = source.topic
                          AND newer.generation > source.generation)
), waiting AS (
    SELECT w.*, lacking.places,
           coalesce(cardinality(lacking.places), 0) AS lacking,
           CASE WHEN w.state = 'FAILED' THEN 'failed'
                WHEN w.state = 'HELD'
                     AND EXISTS (SELECT FROM settlement_hold AS hold
                                  WHERE hold.window_id = w.window_id AND hold.is_live)
                     THEN 'held by hand'
                WHEN w.state = 'HELD' AND w.hold_reason LIKE 'net\_debit\_cap:%' THEN 'over a cap'
                WHEN w.state = 'HELD' AND w.hold_reason LIKE 'prefunding\_short:%'
                     THEN 'underfunded'
                WHEN w.state = 'HELD' THEN 'held'
                WHEN w.grace_ends_at <= $1::timestamptz
                     OR (lacking.places IS NULL AND EXISTS (SELECT FROM payment_partition)
                         AND w.cut_off <= $1::timestamptz - interval '1 minute') THEN 'overdue'
                ELSE 'due' END AS standing
      FROM settlement_window AS w
      LEFT JOIN LATERAL (
               SELECT array_agg(wanted.place ORDER BY wanted.place) AS places
                 FROM payment_partition AS wanted
                WHERE NOT EXISTS (SELECT FROM window_cut AS cut
                                   WHERE cut.window_id = w.window_id
                                     AND cut.source_id = wanted.source_id
                                     AND cut.partition = wanted.partition)) AS lacking ON true
     WHERE w.state IN ('OPEN', 'CLOSING', 'HELD', 'FAILED')
       AND (w.state IN ('HELD', 'FAILED') OR w.cut_off <= $1::timestamptz)
)
SELECT count(*) OVER () AS total, count(*) FILTER (WHERE standing <> 'due') OVER () AS still,
       standing <> 'due' AS is_still, corridor.code AS corridor, window_id, business_date,
       sequence::integer AS sequence, standing AS state, cut_off, grace_ends_at,
       CASE WHEN waiting.state IN ('HELD', 'FAILED') THEN changed_at END AS held_since,
       CASE WHEN standing = 'held' THEN
                (SELECT count(*)
                   FROM window_fold CROSS JOIN unnest(open_lock_ids) AS wanted (lock_id)
                  WHERE window_fold.window_id = waiting.window_id
                    AND NOT EXISTS (SELECT FROM fx_lock WHERE fx_lock.lock_id = wanted.lock_id))
            END AS missing_locks,
       CASE WHEN waiting.state IN ('HELD', 'FAILED') THEN hold_reason
            WHEN lacking = 0 THEN 'every partition has passed its cut-off'
            ELSE 'not passed by ' || array_to_string(places[1:6], ', ')
                 || CASE WHEN lacking > 6 THEN ' and ' || lacking - 6 || ' more' ELSE '' END
            END AS why
  FROM waiting
  JOIN corridor ON corridor.corridor_id = waiting.corridor_id
               AND corridor.version = waiting.corridor_version
 ORDER BY is_still DESC, cut_off, window_id
 LIMIT $3::integer;
