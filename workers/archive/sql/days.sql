-- Every day's table and every day that was let go and is not dropped yet: how large, exported to
-- which file, since when let go.
SELECT coalesce(days.parent, gone.parent) AS parent, coalesce(days.day, gone.day) AS day,
       coalesce(days.rows, gone.row_count) AS rows, coalesce(days.estimated, false),
       coalesce(days.size, 0) AS size, coalesce(days.state, 'dropped') AS state,
       newest.name, encode(newest.sha256, 'hex'), gone.decided_at
  FROM retained_days() AS days
  FULL JOIN (SELECT * FROM expired_day WHERE dropped_at IS NULL) AS gone USING (parent, day)
  LEFT JOIN LATERAL (SELECT name, sha256 FROM archive_file
                      WHERE archive_file.day = coalesce(days.day, gone.day)
                      ORDER BY number DESC LIMIT 1) AS newest
    ON coalesce(days.parent, gone.parent) = 'batch_raw'
 ORDER BY day, parent;
