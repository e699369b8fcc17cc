-- Files on their way: released, or promised to the bank's folder.
SELECT file_id, message_id, state
  FROM payment_file
 WHERE state IN ('RELEASED', 'WRITING')
 ORDER BY prepared_at, message_id;
