-- Which records are parked, oldest first?
--   $1 topic text (null: any)   $2 generation integer (0: any)   $3 partition integer (-1: any)
--   $4 reason text (null: any)  $5 since text (null: ever)       $6 also what is decided boolean
--   $7 limit integer
SELECT source.topic, source.generation, parked.partition, parked.record_offset, parked.reason,
       parked.state, parked.parked_at, coalesce(octet_length(parked.sealed), 0) AS size,
       parked.decided_commit_id, count(*) OVER () AS total, parked.erased_at
  FROM parked
  JOIN source USING (source_id)
 WHERE ($1::text IS NULL OR source.topic = $1::text)
   AND ($2::integer = 0 OR source.generation = $2::integer)
   AND ($3::integer = -1 OR parked.partition = $3::integer)
   AND ($4::text IS NULL OR parked.reason = $4::text)
   AND ($5::text IS NULL OR parked.parked_at >= $5::text::timestamptz)
   AND ($6::boolean OR parked.state = 'PARKED')
 ORDER BY parked.parked_at, source.source_id, parked.partition, parked.record_offset
 LIMIT $7::integer;
