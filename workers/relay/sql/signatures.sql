-- Who signed a payment file?
--   $1 file_id uuid
SELECT login, signed_by, is_checker, signed_at
  FROM payment_file_signature
 WHERE file_id = $1::uuid
 ORDER BY signed_at;
