-- A person signs a payment file by its digest.
--   $1 file_id uuid, $2 signed_by text, $3 digest bytea, $4 commit_id bigint
INSERT INTO payment_file_signature (file_id, signed_by, digest, commit_id)
VALUES ($1::uuid, $2::text, $3::bytea, $4::bigint);
