-- Store what a window is charged.
--   $1 window_id bigint, $2 currency text, $3 fee_number integer[], $4 debtor_id integer[],
--   $5 creditor_id integer[], $6 payment_count bigint[], $7 amount_minor bigint[]
INSERT INTO fee_obligation (window_id, fee_number, debtor_id, creditor_id, payment_count,
                            amount_minor, currency)
SELECT $1::bigint, one.fee_number, one.debtor_id, one.creditor_id, one.payment_count,
       one.amount_minor, $2::text
  FROM unnest($3::integer[], $4::integer[], $5::integer[], $6::bigint[], $7::bigint[])
       AS one (fee_number, debtor_id, creditor_id, payment_count, amount_minor);
