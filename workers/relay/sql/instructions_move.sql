-- Move instructions where the bank says they are.
--   $1 instruction_id uuid[], $2 status text[]
UPDATE instruction
   SET status = one.status
  FROM unnest($1::uuid[], $2::text[]) AS one (instruction_id, status)
 WHERE instruction.instruction_id = one.instruction_id AND instruction.status <> one.status;
