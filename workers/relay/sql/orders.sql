-- The next instructions that go into one file: of one account, date and currency, as many as the
-- bank's profile takes. Those whose participant has no known account are left (see unpayable.sql).
--   $1 today date
WITH ready AS (
    SELECT instruction.instruction_id, instruction.account_id, instruction.settlement_date,
           instruction.currency, instruction.end_to_end_id, instruction.amount_minor,
           instruction.window_id, instruction.participant_id
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
       AND NOT EXISTS (SELECT FROM payment_file_item AS item
                        WHERE item.instruction_id = instruction.instruction_id
                          AND NOT item.cancelled)
), first AS (
    SELECT account_id, settlement_date, currency
      FROM ready
     ORDER BY settlement_date, account_id, currency
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
       corridor.code || ' ' || to_char(settlement_window.business_date, 'YYYY-MM-DD')
           || ' window ' || settlement_window.sequence AS remittance,
       (SELECT count(*) FROM payment_file_item AS item
         WHERE item.instruction_id = ready.instruction_id AND cancelled) AS cancelled_files
  FROM ready
  JOIN first USING (account_id, settlement_date, currency)
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
 ORDER BY ready.instruction_id
 LIMIT (SELECT transactions_max FROM profile);
