-- What this commit adds to one window.
--   $1 window_id bigint     $2 commit_id bigint        $3 payment_count integer
--   $4 late_count integer   $5 gross_minor bigint      $6 debtor_ids integer[]
--   $7 creditor_ids integer[]  $8 counts integer[]     $9 minors bigint[]   $10 lock_ids uuid[]
--   $11 fee_numbers, $12 fee_debtor_ids, $13 fee_creditor_ids, $14 fee_counts integer[],
--   $15 fee_minors bigint[]
INSERT INTO window_delta (window_id, commit_id, payment_count, late_count, gross_minor, debtor_ids,
                          creditor_ids, counts, minors, lock_ids, fee_numbers, fee_debtor_ids,
                          fee_creditor_ids, fee_counts, fee_minors)
VALUES ($1::bigint, $2::bigint, $3::integer, $4::integer, $5::bigint, $6::integer[], $7::integer[],
        $8::integer[], $9::bigint[], $10::uuid[], $11::integer[]::smallint[], $12::integer[],
        $13::integer[], $14::integer[], $15::bigint[]);
