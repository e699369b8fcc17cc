-- What this commit adds to one window.
--   $1 window_id bigint     $2 commit_id bigint        $3 payment_count integer
--   $4 late_count integer   $5 gross_minor bigint      $6 volume_minor text: more than 64 bits
--   $7 debtor_ids integer[] $8 creditor_ids integer[]  $9 counts integer[]     $10 minors bigint[]
--   $11 lock_ids uuid[]     $12 lock_volumes text[]    $13 lock_firsts timestamptz[]
--   $14 lock_lasts timestamptz[]
--   $15 fee_numbers, $16 fee_debtor_ids, $17 fee_creditor_ids, $18 fee_counts integer[],
--   $19 fee_minors bigint[]
INSERT INTO window_delta (window_id, commit_id, payment_count, late_count, gross_minor,
                          volume_minor, debtor_ids, creditor_ids, counts, minors, lock_ids,
                          lock_volumes, lock_firsts, lock_lasts, fee_numbers, fee_debtor_ids,
                          fee_creditor_ids, fee_counts, fee_minors)
VALUES ($1::bigint, $2::bigint, $3::integer, $4::integer, $5::bigint, $6::text::numeric,
        $7::integer[], $8::integer[], $9::integer[], $10::bigint[], $11::uuid[],
        $12::text[]::numeric[], $13::timestamptz[], $14::timestamptz[], $15::integer[]::smallint[],
        $16::integer[], $17::integer[], $18::integer[], $19::bigint[]);
