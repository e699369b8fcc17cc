-- How many transactions old is the oldest snapshot that keeps dead rows of this database?
SELECT coalesce(max(age(held.xmin)), 0)::bigint
  FROM (SELECT backend_xmin AS xmin
          FROM pg_stat_activity
         WHERE datname = current_database() OR datname IS NULL
        UNION ALL
        SELECT xmin FROM pg_replication_slots
        UNION ALL
        SELECT transaction FROM pg_prepared_xacts WHERE database = current_database()) AS held
 WHERE held.xmin IS NOT NULL;
