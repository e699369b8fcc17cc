-- Per corridor: how many windows are open, due, overdue and held? A corridor stands still when no
-- open window lies behind what its partitions have read: its next payment waits.
--   $1 now timestamptz   $2 topics text[]   $3 limit integer
WITH reached AS (
    SELECT coalesce(max(position.watermark), '-infinity') AS watermark
      FROM position JOIN source USING (source_id)
     WHERE source.topic = ANY ($2::text[])
), counted AS (
    SELECT corridor.code,
           count(*) FILTER (WHERE w.state = 'OPEN' AND w.opens_at <= $1::timestamptz
                              AND w.cut_off > $1::timestamptz) AS open,
           count(*) FILTER (WHERE w.state = 'OPEN' AND w.opens_at > $1::timestamptz) AS ahead,
           count(*) FILTER (WHERE w.state IN ('OPEN', 'CLOSING') AND w.cut_off <= $1::timestamptz
                              AND w.grace_ends_at > $1::timestamptz) AS due,
           count(*) FILTER (WHERE w.state IN ('OPEN', 'CLOSING')
                              AND w.grace_ends_at <= $1::timestamptz) AS overdue,
           count(*) FILTER (WHERE w.state = 'HELD') AS held,
           min(w.cut_off) FILTER (WHERE w.state = 'OPEN'
                                    AND w.cut_off > $1::timestamptz) AS next_cut_off,
           coalesce(bool_or(w.state = 'OPEN' AND w.cut_off > reached.watermark), false) AS takes
      FROM (SELECT DISTINCT corridor_id, code
              FROM corridor WHERE effective_from <= ($1::timestamptz AT TIME ZONE 'UTC')::date)
           AS corridor
     CROSS JOIN reached
      LEFT JOIN settlement_window AS w
        ON w.corridor_id = corridor.corridor_id AND w.state IN ('OPEN', 'CLOSING', 'HELD')
     GROUP BY corridor.corridor_id, corridor.code
)
SELECT count(*) OVER () AS total, count(*) FILTER (WHERE NOT takes) OVER () AS still,
       NOT takes AS is_still, code AS corridor, open, ahead, due, overdue, held, next_cut_off,
       CASE WHEN NOT takes THEN 'no_window_takes_payments' END AS why
  FROM counted
 ORDER BY is_still DESC, code
 LIMIT $3::integer;
