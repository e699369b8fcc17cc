-- Store a version of how an account's bank wants its instructions, where it is new.
--   $1 account text, $2 version integer, $3 effective_from date, $4 message text,
--   $5 own_name text, $6 own_bic text, $7 settlement_method text, $8 transactions_max integer,
--   $9 uetr boolean, $10 release_threshold_minor bigint, $11 release_automatic boolean,
--   $12 release_hours integer, $13 answer_hours integer, $14 schema_check boolean,
--   $15 charge_bearer text
INSERT INTO bank_profile (account_id, version, effective_from, message, own_name, own_bic,
                          settlement_method, transactions_max, uetr, release_threshold_minor,
                          release_automatic, release_hours, answer_hours, schema_check,
                          charge_bearer)
SELECT account_id, $2::integer, $3::date, $4::text, $5::text, nullif($6::text, ''),
       nullif($7::text, ''), $8::integer, $9::boolean, $10::bigint, $11::boolean, $12::integer,
       $13::integer, $14::boolean, nullif($15::text, '')
  FROM account
 WHERE code = 'NOSTRO:' || $1::text
    ON CONFLICT (account_id, version) DO NOTHING;
