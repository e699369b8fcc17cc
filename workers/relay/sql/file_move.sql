-- Move a payment file to another state. No row: it was not where we thought.
--   $1 file_id uuid, $2 from_state text, $3 to_state text, $4 staged_commit_id bigint
UPDATE payment_file
   SET state = $3::text, staged_commit_id = coalesce($4::bigint, staged_commit_id),
       changed_at = clock_timestamp()
 WHERE file_id = $1::uuid AND state = $2::text;
