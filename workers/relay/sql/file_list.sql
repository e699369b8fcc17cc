-- Payment files, newest first.
--   $1 state text (null: any), $2 limit integer
SELECT message_id, account.code,
       payment_file_message(message, is_sealed) AS message, settlement_date, payment_file.currency,
       transaction_count, control_sum_minor, state, signatures_needed,
       (SELECT count(*) FROM payment_file_signature AS signature
         WHERE signature.file_id = payment_file.file_id) AS signed
  FROM payment_file
  JOIN bank_profile ON bank_profile.account_id = payment_file.account_id
                   AND bank_profile.version = payment_file.profile_version
  JOIN account ON account.account_id = payment_file.account_id
 WHERE $1::text IS NULL OR state = $1::text
 ORDER BY prepared_at DESC, message_id
 LIMIT $2::integer;
