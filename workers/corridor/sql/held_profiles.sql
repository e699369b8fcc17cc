-- All versions of how banks want their instructions.
SELECT substr(account.code, length('NOSTRO:') + 1) AS account, version, effective_from, message,
       own_name, coalesce(own_bic, '') AS own_bic,
       coalesce(settlement_method, '') AS settlement_method, transactions_max, uetr,
       release_threshold_minor, release_automatic, release_hours, answer_hours, schema_check,
       coalesce(charge_bearer, '') AS charge_bearer
  FROM bank_profile
  JOIN account USING (account_id)
 ORDER BY account.code, version;
