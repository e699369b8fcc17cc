-- The bytes of a payment file.
--   $1 file_id uuid
SELECT content FROM payment_file WHERE file_id = $1::uuid;
