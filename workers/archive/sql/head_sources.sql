-- Which sources do the raw records of a day come from?
--   $1 day date
SELECT source_id, kind, cluster_id, topic, generation
  FROM source
 WHERE source_id IN (SELECT batch.source_id FROM batch_raw JOIN batch USING (batch_id)
                      WHERE stored_on = $1::date)
 ORDER BY source_id;
