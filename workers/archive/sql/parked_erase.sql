-- Erase the bytes of a parked record that was decided on. True: it was done.
--   $1 source_id integer   $2 partition integer   $3 record_offset bigint   $4 commit_id bigint
SELECT parked_erase($1::integer, $2::integer, $3::bigint, $4::bigint);
