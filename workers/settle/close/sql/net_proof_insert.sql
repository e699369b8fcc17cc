-- Store the proof that a window's nets sum to zero and equal its gross obligations, and that with
-- what came in and less what goes on they are what is instructed.
--   $1 window_id, $2 commit_id, $3 fold_id, $4 model, $5 currency, $6 payment_count,
--   $7 late_count, $8 gross_minor, $9 obligation_count, $10 obligation_minor,
--   $11 position_count, $12 net_debit_minor, $13 net_credit_minor, $14 fee_income_minor,
--   $15 fee_tax_minor, $16 carried_in_debit_minor, $17 carried_in_credit_minor,
--   $18 carried_out_debit_minor, $19 carried_out_credit_minor, $20 collect_minor, $21 pay_minor,
--   $22 prefunded_minor
INSERT INTO net_proof (window_id, commit_id, fold_id, model, currency, payment_count, late_count,
                       gross_minor, obligation_count, obligation_minor, position_count,
                       net_debit_minor, net_credit_minor, fee_income_minor, fee_tax_minor,
                       carried_in_debit_minor, carried_in_credit_minor, carried_out_debit_minor,
                       carried_out_credit_minor, collect_minor, pay_minor, prefunded_minor)
VALUES ($1::bigint, $2::bigint, $3::bigint, $4::text, $5::text, $6::bigint, $7::bigint, $8::bigint,
        $9::integer, $10::bigint, $11::integer, $12::bigint, $13::bigint, $14::bigint, $15::bigint,
        $16::bigint, $17::bigint, $18::bigint, $19::bigint, $20::bigint, $21::bigint,
        $22::bigint);
