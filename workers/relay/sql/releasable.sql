-- Prepared files that have the signatures they need, in time.
SELECT file_id, message_id
  FROM payment_file
 WHERE state = 'PREPARED' AND release_until >= clock_timestamp()
   AND (SELECT count(*) FROM payment_file_signature AS signature
         WHERE signature.file_id = payment_file.file_id
           AND signature.digest = payment_file.digest) >= signatures_needed
   AND (signatures_needed = 0
        OR EXISTS (SELECT FROM payment_file_signature AS signature
                    WHERE signature.file_id = payment_file.file_id AND is_checker))
 ORDER BY prepared_at, message_id;
