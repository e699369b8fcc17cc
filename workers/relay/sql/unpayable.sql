-- Instructions that cannot go into a file: nobody knows where the participant is paid, or how the
-- bank wants it.
--   $1 today date
SELECT participant.code, account.code AS account_code, count(*) AS instructions,
       bool_or(paid.participant_id IS NULL) AS account_unknown
  FROM instruction
  JOIN settlement_window USING (window_id)
  JOIN participant ON participant.participant_id = instruction.participant_id
  JOIN account ON account.account_id = instruction.account_id
  LEFT JOIN (SELECT DISTINCT participant_id
               FROM participant_account
              WHERE effective_from <= $1::date) AS paid
         ON paid.participant_id = instruction.participant_id
 WHERE direction = 'PAY' AND status = 'PENDING' AND settlement_window.state = 'INSTRUCTED'
   AND (paid.participant_id IS NULL
        OR NOT EXISTS (SELECT FROM bank_profile
                        WHERE bank_profile.account_id = instruction.account_id
                          AND effective_from <= $1::date))
 GROUP BY participant.code, account.code
 ORDER BY 1, 2;
