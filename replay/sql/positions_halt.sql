-- Halt partitions of a source; those that are halted already keep their reason.
--   $1 source_id integer   $2 partition integer (-1: all)   $3 halt_reason text
UPDATE position
   SET halt_reason = $3::text, halted_at = clock_timestamp()
 WHERE source_id = $1::integer AND halt_reason IS NULL
   AND ($2::integer = -1 OR partition = $2::integer)
RETURNING partition;
