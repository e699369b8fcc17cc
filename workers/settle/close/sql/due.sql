-- Which windows can be closed at an instant, oldest first? Passed: every partition of the payment
-- sources has a watermark cut. Without that a window waits for the end of its grace. While no
-- payment source is known (a misspelt topic?) nothing is due: a close would cut nothing. What is
-- HELD and somebody's to release is not tried again.
--   $1 now timestamptz, $2 topics text[]
WITH payment_partition AS (
    SELECT source_id, generate_series(0, partitions - 1) AS partition
      FROM source
     WHERE topic = ANY ($2::text[])
       AND NOT EXISTS (SELECT FROM source AS newer
                        WHERE newer.kind = source.kind AND newer.cluster_id = source.cluster_id
                          AND newer.topic = source.topic
                          AND newer.generation > source.generation)
), due AS (
    SELECT window_id, cut_off, grace_ends_at,
           EXISTS (SELECT FROM payment_partition)
           AND NOT EXISTS (SELECT FROM payment_partition AS wanted
                            WHERE NOT EXISTS (SELECT FROM window_cut
                                               WHERE window_cut.window_id = w.window_id
                                                 AND window_cut.source_id = wanted.source_id
                                                 AND window_cut.partition = wanted.partition))
           AS passed
      FROM settlement_window AS w
     WHERE state IN ('OPEN', 'CLOSING', 'HELD') AND cut_off <= $1::timestamptz
       AND NOT (state = 'HELD'
                AND EXISTS (SELECT FROM settlement_hold AS hold
                             WHERE hold.window_id = w.window_id AND hold.is_live))
)
SELECT window_id, passed FROM due
 WHERE (passed OR grace_ends_at <= $1::timestamptz)
   AND EXISTS (SELECT FROM payment_partition)
 ORDER BY cut_off, window_id;
