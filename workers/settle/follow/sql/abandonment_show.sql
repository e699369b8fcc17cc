-- What could be settled outside, or was proposed to be: payments of a window that were undone, or
-- one of them, with their newest proposal.
--   $1 window_id bigint (null: any), $2 instruction_id uuid (null: any)
SELECT one.instruction_id, one.direction, participant.code, one.amount_minor, one.currency,
       one.reason, abandonment_digest(one.instruction_id) AS digest,
       coalesce(proposed.abandonment_id, 0) AS abandonment_id, coalesce(proposed.maker, ''),
       coalesce(proposed.proposed_by, ''), coalesce(proposed.reason, ''), proposed.digest
  FROM rejected_instruction AS one
  JOIN participant USING (participant_id)
  LEFT JOIN LATERAL (SELECT abandonment.*
                       FROM abandonment
                      WHERE abandonment.instruction_id = one.instruction_id
                      ORDER BY abandonment_id DESC LIMIT 1) AS proposed ON true
 WHERE ($1::bigint IS NULL OR one.window_id = $1::bigint)
   AND ($2::uuid IS NULL OR one.instruction_id = $2::uuid)
 ORDER BY one.instruction_id;
