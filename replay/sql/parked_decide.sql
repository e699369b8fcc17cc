-- Note what became of a parked record, where nothing did before.
--   $1 source_id integer   $2 partition integer   $3 record_offset bigint   $4 state text
--   $5 commit_id bigint
UPDATE parked
   SET state = $4::text, decided_commit_id = $5::bigint
 WHERE source_id = $1::integer AND partition = $2::integer AND record_offset = $3::bigint
   AND state = 'PARKED';
