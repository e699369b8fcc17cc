-- Which instructions have banks contradicted, what did they say, and what was proposed to make of
-- it? Or one ruling, whatever became of it.
--   $1 instruction_id uuid (null: all), $2 ruling_id bigint (null: any)
SELECT one.instruction_id, one.direction, participant.code, one.amount_minor, one.currency,
       one.status, one.window_id, one.attempt::integer,
       (SELECT string_agg(concat_ws(' ', to_char(reply.read_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'),
                                    reply.message, said.status, nullif(said.reason, ''),
                                    CASE said.outcome WHEN 'CONTRADICTS' THEN '(contradicts)' END),
                          ', ' ORDER BY reply.reply_id, said.line)
          FROM payment_status AS said
          JOIN payment_reply AS reply USING (reply_id)
         WHERE said.instruction_id = one.instruction_id) AS said,
       coalesce(ruling.ruling_id, 0) AS ruling_id, coalesce(ruling.outcome, ''),
       coalesce(ruling.evidence, ''),
       coalesce(approval.effect, ruling_effect(one.instruction_id, ruling.outcome), '') AS effect,
       coalesce(ruling.digest, ''), coalesce(ruling.maker, ''), coalesce(ruling.proposed_by, ''),
       coalesce(approval.checker, ''), coalesce(approval.approved_by, '')
  FROM instruction AS one
  JOIN participant USING (participant_id)
  LEFT JOIN (ruling LEFT JOIN ruling_approval AS approval USING (ruling_id))
    ON ruling.instruction_id = one.instruction_id
   AND (ruling.ruling_id = $2::bigint
        OR ($2::bigint IS NULL AND approval.ruling_id IS NULL
            AND clock_timestamp() <= ruling.approve_until))
 WHERE CASE WHEN $2::bigint IS NULL
            THEN one.instruction_id IN (SELECT instruction_id FROM break_item
                                         WHERE type = 'contradiction' AND closed_on IS NULL)
                 AND ($1::uuid IS NULL OR one.instruction_id = $1::uuid)
            ELSE ruling.ruling_id = $2::bigint END
 ORDER BY one.window_id, one.instruction_id, ruling.ruling_id;
