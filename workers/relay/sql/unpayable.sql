-- Instructions that cannot go into a file, and the first cause of it: 1 nobody knows where the
-- participant is paid, 2 how the bank wants it; 3 the bank takes no customers' payments, 4 debtor
-- and creditor of a customer's are gone.
--   $1 today date
SELECT participant.code, account.code AS account_code, count(*) AS instructions, cause
  FROM instruction
  JOIN settlement_window USING (window_id)
  JOIN participant ON participant.participant_id = instruction.participant_id
  JOIN account ON account.account_id = instruction.account_id
  LEFT JOIN (SELECT DISTINCT participant_id
               FROM participant_account
              WHERE effective_from <= $1::date) AS paid
         ON paid.participant_id = instruction.participant_id
  LEFT JOIN LATERAL (SELECT message
                       FROM bank_profile
                      WHERE bank_profile.account_id = instruction.account_id
                        AND effective_from <= $1::date
                      ORDER BY effective_from DESC LIMIT 1) AS profile ON true
 CROSS JOIN LATERAL (SELECT CASE WHEN paid.participant_id IS NULL THEN 1
                                 WHEN profile.message IS NULL THEN 2
                                 WHEN event_day IS NULL THEN 0
                                 WHEN profile.message NOT LIKE 'pacs.008.%' THEN 3
                                 WHEN NOT EXISTS (SELECT FROM customer_payment AS party
                                                    JOIN data_key USING (key_id)
                                                   WHERE party.event_day = instruction.event_day
                                                     AND party.event_id = instruction.event_id)
                                 THEN 4 ELSE 0 END AS cause) AS judged
 WHERE direction = 'PAY' AND status = 'PENDING' AND settlement_window.state = 'INSTRUCTED'
   AND cause <> 0
 GROUP BY participant.code, account.code, cause
 ORDER BY 1, 2, 4;
