-- Hold a parked record: who decides on it at the same time waits, then sees what was decided.
--   $1 source_id integer   $2 partition integer   $3 record_offset bigint
SELECT state
  FROM parked
 WHERE source_id = $1::integer AND partition = $2::integer AND record_offset = $3::bigint
   FOR UPDATE;
