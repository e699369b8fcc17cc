-- What did a commit read, and where are the raw records?
--   $1 commit_id bigint
SELECT batch_id, kind, topic, generation, partition, first_offset, next_offset, record_count,
       applied_count, encode(records_root, 'hex') AS records_root, raw_state,
       CASE raw_state WHEN 'archive' THEN archive_name
                      WHEN 'database' THEN 'batch_raw ' || to_char(raw_day, 'YYYY-MM-DD')
                      ELSE '' END AS raw_place
  FROM batch_place
 WHERE commit_id = $1::bigint
 ORDER BY batch_id;
