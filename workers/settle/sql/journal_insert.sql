-- Book what the close of a window, or what follows it, moves: balanced entries, in their order.
--   $1 commit_id bigint, $2 window_id bigint, $3 booking_date date, $4 currency text,
--   $5 debit_account_id integer[], $6 credit_account_id integer[], $7 amount_minor bigint[]
INSERT INTO journal_entry (commit_id, line, debit_account_id, credit_account_id, amount_minor,
                           currency, booking_date, window_id)
SELECT $1::bigint, one.line, one.debit_account_id, one.credit_account_id, one.amount_minor,
       $4::text, $3::date, $2::bigint
  FROM unnest($5::integer[], $6::integer[], $7::bigint[])
       WITH ORDINALITY AS one (debit_account_id, credit_account_id, amount_minor, line);
