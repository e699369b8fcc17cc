-- Take a partition: the next epoch is ours. Waits for the batch the old owner has in flight,
-- because every batch locks its positions first.
--   $1 source_id integer   $2 partition integer   $3 owner text
UPDATE position
   SET epoch = epoch + 1,
       owner = $3::text,
       owner_pid = pg_backend_pid(),
       owner_started_at = (SELECT backend_start FROM pg_stat_get_activity(pg_backend_pid())),
       claimed_at = clock_timestamp()
 WHERE source_id = $1::integer AND partition = $2::integer
RETURNING next_offset, epoch, start_offset, watermark, anchor_offset, anchor_time_ms, anchor_crc32c,
          halt_reason;
