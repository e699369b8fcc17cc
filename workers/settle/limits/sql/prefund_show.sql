-- What participants have placed, what windows took of it, and what waits for a second person.
--   $1 code text (null: all)
SELECT participant.code, balance.currency, balance.balance_minor,
       (SELECT coalesce(sum(amount_minor), 0)::bigint FROM prefunding_use AS used
         WHERE used.participant_id = balance.participant_id AND used.currency = balance.currency)
           AS taken_minor,
       NULL::bigint AS prefunding_id, '' AS maker, '' AS reason
  FROM prefunding_balance AS balance
  JOIN participant USING (participant_id)
 WHERE $1::text IS NULL OR participant.code = $1::text
UNION ALL
SELECT participant.code, asked.currency, asked.amount_minor, 0, asked.prefunding_id, asked.maker,
       asked.reason
  FROM prefunding AS asked
  JOIN participant USING (participant_id)
 WHERE ($1::text IS NULL OR participant.code = $1::text) AND clock_timestamp() <= approve_until
   AND NOT EXISTS (SELECT FROM prefunding_approval AS approval
                    WHERE approval.prefunding_id = asked.prefunding_id)
 ORDER BY 1, 2, 5 NULLS FIRST;
