-- The instructions of a file that was written are sent.
--   $1 file_id uuid
UPDATE instruction
   SET status = 'SENT'
  FROM payment_file_item AS item
 WHERE item.file_id = $1::uuid AND instruction.instruction_id = item.instruction_id
RETURNING instruction.instruction_id;
