-- Let a halted partition go on from where it stands.
--   $1 source_id integer   $2 partition integer   $3 halt_reason text, as it was looked at
UPDATE position
   SET halt_reason = NULL, halted_at = NULL
 WHERE source_id = $1::integer AND partition = $2::integer AND halt_reason = $3::text;
