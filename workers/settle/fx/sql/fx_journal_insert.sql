-- Book what the locks of a window brought, behind the entries of its close.
--   $1 commit_id bigint, $2 window_id bigint, $3 booking_date date, $4 currency text,
--   $5 debit_account_id integer, $6 credit_account_id integer, $7 amount_minor bigint
INSERT INTO journal_entry (commit_id, line, debit_account_id, credit_account_id, amount_minor,
                           currency, booking_date, window_id)
SELECT $1::bigint, coalesce(max(line), 0) + 1, $5::integer, $6::integer, $7::bigint, $4::text,
       $3::date, $2::bigint
  FROM journal_entry
 WHERE commit_id = $1::bigint;
