-- Under which data keys are the raw records of a day sealed?
--   $1 day date
SELECT key_id, scope, month, sealed_key
  FROM data_key
 WHERE key_id IN (SELECT batch_raw.key_id FROM batch_raw WHERE stored_on = $1::date)
 ORDER BY key_id;
