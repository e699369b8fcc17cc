-- Halt every partition of a source: it is another topic than the one we know. A reason that stands
-- already stays.
--   $1 source_id integer   $2 reason text
UPDATE position
   SET halt_reason = $2::text, halted_at = clock_timestamp()
 WHERE source_id = $1::integer AND halt_reason IS NULL;
