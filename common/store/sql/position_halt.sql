-- Halt a partition of ours with a reason; an operator decides how it goes on.
--   $1 source_id integer   $2 partition integer   $3 epoch bigint   $4 reason text
UPDATE position
   SET halt_reason = $4::text, halted_at = clock_timestamp()
 WHERE source_id = $1::integer AND partition = $2::integer AND epoch = $3::bigint
   AND halt_reason IS NULL;
