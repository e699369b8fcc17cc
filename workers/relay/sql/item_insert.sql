-- Store which instructions a payment file holds.
--   $1 file_id uuid, $2 instruction_id uuid[]
INSERT INTO payment_file_item (file_id, line, instruction_id)
SELECT $1::uuid, one.line, one.instruction_id
  FROM unnest($2::uuid[]) WITH ORDINALITY AS one (instruction_id, line);
