-- Which parked records of a day's batches have no hash noted?
--   $1 day date
SELECT parked.batch_id, parked.source_id, parked.partition, parked.record_offset
  FROM batch_raw
  JOIN parked USING (batch_id)
 WHERE stored_on = $1::date AND record_hash IS NULL
 ORDER BY parked.batch_id, parked.record_offset;
