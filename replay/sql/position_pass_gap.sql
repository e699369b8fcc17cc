-- Let a halted partition go on behind a gap, which is recorded. One row: it stood as expected.
--   $1 source_id integer   $2 partition integer   $3 expected bigint   $4 next_offset bigint
--   $5 commit_id bigint
SELECT passed
  FROM position_pass_gap($1::integer, $2::integer, $3::bigint, $4::bigint, $5::bigint) AS passed
 WHERE passed;
