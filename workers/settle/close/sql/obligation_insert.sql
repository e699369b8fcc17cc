-- Store the gross obligations of a window.
--   $1 window_id bigint, $2 currency text, $3 debtor_id integer[], $4 creditor_id integer[],
--   $5 payment_count bigint[], $6 amount_minor bigint[]
INSERT INTO obligation (window_id, debtor_id, creditor_id, payment_count, amount_minor, currency)
SELECT $1::bigint, one.debtor_id, one.creditor_id, one.payment_count, one.amount_minor, $2::text
  FROM unnest($3::integer[], $4::integer[], $5::bigint[], $6::bigint[])
       AS one (debtor_id, creditor_id, payment_count, amount_minor);
