-- What was settled outside and is not cleared: what is left, since when, and what was proposed of
-- it. Of one that is named also what is cleared already.
--   $1 instruction_id uuid (null: all), $2 clearing_id bigint (null: any)
SELECT item.instruction_id, item.direction, item.participant, item.amount_minor, item.left_minor,
       item.currency, item.booked_on, item.reason, coalesce(asked.clearing_id, 0) AS clearing_id,
       coalesce(asked.amount_minor, 0) AS asked_minor, coalesce(asked.purpose, '') AS purpose,
       coalesce(account.code, '') AS account, asked.value_date, coalesce(asked.reference, ''),
       coalesce(asked.reason, '') AS asked_reason, coalesce(asked.digest, ''),
       coalesce(asked.maker, '') AS maker, coalesce(asked.proposed_by, ''),
       coalesce(approval.checker, '') AS checker, coalesce(approval.approved_by, ''),
       approval.booked_on AS cleared_on, coalesce(approval.commit_id, 0) AS commit_id
  FROM suspense_item AS item
  LEFT JOIN (suspense_clearing AS asked
             LEFT JOIN suspense_clearing_approval AS approval USING (clearing_id)
             LEFT JOIN account ON account.account_id
                                  = coalesce(approval.account_id, asked.account_id))
    ON asked.instruction_id = item.instruction_id
   AND (approval.clearing_id IS NOT NULL
        OR (clock_timestamp() <= asked.approve_until AND asked.amount_minor <= item.left_minor))
 WHERE (item.instruction_id = $1::uuid OR ($1::uuid IS NULL AND item.left_minor > 0)
        OR asked.clearing_id = $2::bigint)
   AND ($2::bigint IS NULL OR asked.clearing_id = $2::bigint)
 ORDER BY item.booked_on, item.since, item.instruction_id, asked.clearing_id;
