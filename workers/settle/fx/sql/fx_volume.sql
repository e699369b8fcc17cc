-- What do the payments of a window come to in source currency? null: more than 64 bits. unknown:
-- deltas from before there were such sums.
--   $1 window_id bigint
SELECT count(*) AS delta_count, count(*) FILTER (WHERE volume_minor IS NULL) AS unknown_count,
       CASE WHEN sum(volume_minor) BETWEEN -9223372036854775807 AND 9223372036854775807
            THEN sum(volume_minor)::bigint END AS volume_minor
  FROM window_delta
 WHERE window_id = $1::bigint;
