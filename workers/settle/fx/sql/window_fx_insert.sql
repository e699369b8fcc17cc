-- Store what a window is worth at its rate, and what its locks brought.
--   $1 window_id, $2 commit_id bigint, $3 rate_source, $4 side, $5 rounding text,
--   $6 as_of timestamptz, $7 source_currency, $8 currency text, $9 rate_e10 bigint,
--   $10 quote_id uuid, $11 quote_is_inverse boolean, $12 pivot_quote_id uuid,
--   $13 pivot_is_inverse boolean (both null: not across a pivot), $14 volume_minor,
--   $15 worth_minor, $16 locked_minor, $17 result_minor bigint
INSERT INTO window_fx (window_id, commit_id, rate_source, side, rounding, as_of, source_currency,
                       currency, rate_e10, quote_id, quote_is_inverse, pivot_quote_id,
                       pivot_is_inverse, volume_minor, worth_minor, locked_minor, result_minor)
VALUES ($1::bigint, $2::bigint, $3::text, $4::text, $5::text, $6::timestamptz, $7::text, $8::text,
        $9::bigint, $10::uuid, $11::boolean, $12::uuid, $13::boolean, $14::bigint, $15::bigint,
        $16::bigint, $17::bigint);
