-- What an answer says, line by line.
--   $1 reply_id bigint, $2 level text[], $3 message_id text[], $4 instruction_id uuid[],
--   $5 known boolean[], $6 status text[], $7 reason text[], $8 information text[],
--   $9 outcome text[]
INSERT INTO payment_status (reply_id, line, level, message_id, instruction_id, status, reason,
                            information, outcome)
SELECT $1::bigint, one.line, one.level, one.message_id,
       CASE WHEN one.known THEN one.instruction_id END, one.status, one.reason, one.information,
       one.outcome
  FROM unnest($2::text[], $3::text[], $4::uuid[], $5::boolean[], $6::text[], $7::text[],
              $8::text[], $9::text[]) WITH ORDINALITY
       AS one (level, message_id, instruction_id, known, status, reason, information, outcome,
               line);
