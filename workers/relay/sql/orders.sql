-- The next instructions that go into one file: of one account, date and currency, customers'
-- payments or none, as many as the bank's profile takes. Those that cannot be paid so are left (see
-- unpayable.sql).
--   $1 today date
WITH ready AS (
    SELECT instruction.instruction_id, instruction.account_id, instruction.settlement_date,
           instruction.currency, instruction.end_to_end_id, instruction.amount_minor,
           instruction.window_id, instruction.participant_id, instruction.counterparty_id,
           instruction.attempt, instruction.event_day, instruction.event_id,
           instruction.event_day IS NOT NULL AS is_customers
      FROM instruction
      JOIN settlement_window USING (window_id)
     WHERE instruction.direction = 'PAY' AND instruction.status = 'PENDING'
       AND settlement_window.state = 'INSTRUCTED'
       AND EXISTS (SELECT FROM participant_account AS paid
                    WHERE paid.participant_id = instruction.participant_id
                      AND effective_from <= $1::date)
       AND EXISTS (SELECT FROM bank_profile
                    WHERE bank_profile.account_id = instruction.account_id
                      AND effective_from <= $1::date)
       AND (instruction.event_day IS NULL
            OR (EXISTS (SELECT FROM customer_payment AS party
                          JOIN data_key USING (key_id)
                         WHERE party.event_day = instruction.event_day
                           AND party.event_id = instruction.event_id)
                AND (SELECT message LIKE 'pacs.008.%' FROM bank_profile
                      WHERE bank_profile.account_id = instruction.account_id
                        AND effective_from <= $1::date
                      ORDER BY effective_from DESC LIMIT 1)))
       AND NOT EXISTS (SELECT FROM payment_file_item AS item
                        WHERE item.instruction_id = instruction.instruction_id
                          AND NOT item.cancelled)
), first AS (
    SELECT account_id, settlement_date, currency, is_customers
      FROM ready
     ORDER BY settlement_date, account_id, currency, is_customers
     LIMIT 1
), profile AS (
    SELECT bank_profile.*
      FROM bank_profile
      JOIN first USING (account_id)
     WHERE effective_from <= $1::date
     ORDER BY effective_from DESC
     LIMIT 1
)
SELECT profile.account_id, profile.version, profile.message, profile.own_name,
       coalesce(profile.own_bic, '') AS own_bic,
       coalesce(profile.settlement_method, '') AS settlement_method, profile.transactions_max,
       profile.uetr, profile.release_threshold_minor, profile.release_automatic,
       profile.release_hours, profile.schema_check, account.code, account.servicer_bic,
       account.servicer_account, ready.settlement_date, ready.currency, ready.instruction_id,
       ready.end_to_end_id, ready.amount_minor, participant.code AS creditor_code,
       participant.name, coalesce(paid.bic, '') AS bic, paid.account, paid.is_iban,
       CASE WHEN is_customers -- the customer's own id, where it has one
            THEN coalesce(nullif(payment.end_to_end_id, 'NOTPROVIDED'), '')
            ELSE corridor.code || ' ' || to_char(settlement_window.business_date, 'YYYY-MM-DD')
                 || ' window ' || settlement_window.sequence END AS remittance,
       (SELECT count(*) FROM payment_file_item AS item
         WHERE item.instruction_id = ready.instruction_id AND cancelled) AS cancelled_files,
       is_customers, coalesce(profile.charge_bearer, '') AS charge_bearer, ready.event_id,
       CASE WHEN ready.attempt = 1 THEN payment.uetr END AS uetr, party.key_id, party.sealed,
       debtor.code AS debtor_code, debtor.name AS debtor_name,
       coalesce((SELECT bic FROM participant_account
                  WHERE participant_account.participant_id = ready.counterparty_id
                    AND effective_from <= $1::date
                  ORDER BY effective_from DESC LIMIT 1), '') AS debtor_bic
  FROM ready
  JOIN first USING (account_id, settlement_date, currency, is_customers)
  JOIN profile USING (account_id)
  JOIN account USING (account_id)
  JOIN participant ON participant.participant_id = ready.participant_id
  JOIN LATERAL (SELECT * -- the account of today
                  FROM participant_account
                 WHERE participant_account.participant_id = ready.participant_id
                   AND effective_from <= $1::date
                 ORDER BY effective_from DESC
                 LIMIT 1) AS paid ON true
  JOIN settlement_window USING (window_id)
  JOIN corridor ON corridor.corridor_id = settlement_window.corridor_id
               AND corridor.version = settlement_window.corridor_version
  LEFT JOIN participant AS debtor ON is_customers
                                 AND debtor.participant_id = ready.counterparty_id
  LEFT JOIN payment ON payment.event_day = ready.event_day AND payment.event_id = ready.event_id
  LEFT JOIN customer_payment AS party ON party.event_day = ready.event_day
                                     AND party.event_id = ready.event_id
 ORDER BY ready.instruction_id
 LIMIT (SELECT transactions_max FROM profile);
