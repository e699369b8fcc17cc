-- Store one fee of a corridor version.
--   $1 corridor_id, $2 version, $3 fee_number integer, $4 code, $5 payer text,
--   $6 channel_bits, $7 returned_bits integer, $8 currency, $9 tiering text,
--   $10 minimum_minor, $11 maximum_minor bigint (null: none), $12 rounding text,
--   $13 own_share, $14 debtor_agent_share, $15 creditor_agent_share integer,
--   $16 tax_percent_e10 bigint, $17 tax_country text (null: no tax),
--   $18 income account code, $19 tax account code text (null: no tax)
INSERT INTO corridor_fee (corridor_id, version, fee_number, code, payer, channel_bits,
                          returned_bits, currency, tiering, minimum_minor, maximum_minor, rounding,
                          own_share, debtor_agent_share, creditor_agent_share, tax_percent_e10,
                          tax_country, income_account_id, tax_account_id)
VALUES ($1::integer, $2::integer, $3::integer, $4::text, $5::text, $6::integer, $7::integer,
        $8::text, $9::text, $10::bigint, $11::bigint, $12::text, $13::integer, $14::integer,
        $15::integer, $16::bigint, $17::text,
        (SELECT account_id FROM account WHERE code = $18::text),
        (SELECT account_id FROM account WHERE code = $19::text));
