-- Store what a corridor version says about its rates.
--   $1 corridor_id, $2 version integer, $3 rate_source, $4 side text, $5 max_age_minutes integer,
--   $6 pivot_currency (null: none), $7 rounding, $8 position account code,
--   $9 gain account code text
INSERT INTO corridor_fx (corridor_id, version, rate_source, side, max_age_minutes, pivot_currency,
                         rounding, position_account_id, gain_account_id)
VALUES ($1::integer, $2::integer, $3::text, $4::text, $5::integer, $6::text, $7::text,
        (SELECT account_id FROM account WHERE code = $8::text),
        (SELECT account_id FROM account WHERE code = $9::text));
