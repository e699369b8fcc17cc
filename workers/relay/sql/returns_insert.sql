-- What comes back of which instructions, beside the line of the answer that says so.
--   $1 reply_id bigint, $2 commit_id bigint, $3 return_id uuid[], $4 instruction_id uuid[],
--   $5 line integer[], $6 amount_minor bigint[], $7 reference text[],
--   $8 value_date text[] (empty: the bank gave none)
INSERT INTO payment_return (return_id, instruction_id, reply_id, line, amount_minor, currency,
                            reference, value_date, reason, commit_id)
SELECT one.return_id, one.instruction_id, said.reply_id, said.line, one.amount_minor,
       instruction.currency, one.reference, nullif(one.value_date, '')::date, said.reason,
       $2::bigint
  FROM unnest($3::uuid[], $4::uuid[], $5::integer[], $6::bigint[], $7::text[], $8::text[])
       AS one (return_id, instruction_id, line, amount_minor, reference, value_date)
  JOIN instruction USING (instruction_id)
  JOIN payment_status AS said ON said.reply_id = $1::bigint AND said.line = one.line;
