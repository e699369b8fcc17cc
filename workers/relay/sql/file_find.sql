-- A payment file by the beginning of its message id; the caller makes sure that it is one.
--   $1 message_id text
SELECT file_id, message_id, account.code, settlement_date, payment_file.currency,
       transaction_count, control_sum_minor, digest, state, signatures_needed, prepared_at,
       release_until, payment_file_message(message, is_sealed) AS message, schema_checked,
       octet_length(content) AS size
  FROM payment_file
  JOIN bank_profile ON bank_profile.account_id = payment_file.account_id
                   AND bank_profile.version = payment_file.profile_version
  JOIN account ON account.account_id = payment_file.account_id
 WHERE starts_with(message_id, $1::text)
 ORDER BY message_id
 LIMIT 2;
