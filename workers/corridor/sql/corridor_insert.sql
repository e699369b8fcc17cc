-- Store a new version of a corridor.
--   $1 corridor_id, $2 version, $3 code, $4 effective_from, $5 source_currency,
--   $6 target_currency, $7 settlement_currency, $8 model, $9 nostro code, $10 limit_minor,
--   $11 definition, $12 digest, $13 rate_rounding (null: rates are not checked)
INSERT INTO corridor (corridor_id, version, code, effective_from, source_currency, target_currency,
                      settlement_currency, model, nostro_account_id, limit_minor, definition,
                      digest, rate_rounding)
SELECT $1::integer, $2::integer, $3::text, $4::date, $5::text, $6::text, $7::text, $8::text,
       account_id, $10::bigint, $11::text, $12::bytea, $13::text
  FROM account
 WHERE code = 'NOSTRO:' || $9::text AND currency = $7::text;
