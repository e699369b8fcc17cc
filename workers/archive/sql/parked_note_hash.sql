-- Note the hash of a parked record, as the root of its batch was made of it.
--   $1 source_id integer   $2 partition integer   $3 record_offset bigint   $4 hash bytea
SELECT parked_note_hash($1::integer, $2::integer, $3::bigint, $4::bytea);
