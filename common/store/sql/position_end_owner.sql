-- End the backend that still holds a partition we wait for; never another that got its pid.
--   $1 source_id integer   $2 partition integer
SELECT pg_terminate_backend(position.owner_pid)
  FROM position
  JOIN pg_stat_activity AS activity
    ON activity.pid = position.owner_pid AND activity.backend_start = position.owner_started_at
 WHERE position.source_id = $1::integer
   AND position.partition = $2::integer
   AND activity.pid <> pg_backend_pid();
