-- A payment file, kept from others who release or deliver it.
--   $1 file_id uuid
SELECT state, content, digest, coalesce(staged_commit_id, 0) AS staged_commit_id, is_sealed
  FROM payment_file
 WHERE file_id = $1::uuid
   FOR NO KEY UPDATE;
