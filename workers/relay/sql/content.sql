-- The bytes of a payment file, or that they are sealed, and their digest.
--   $1 file_id uuid
SELECT content, is_sealed, digest FROM payment_file WHERE file_id = $1::uuid;
