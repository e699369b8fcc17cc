-- Book the opening balance against the opening account; nothing where it is zero.
--   $1 commit_id bigint, $2 account_id integer, $3 opening_account_id integer,
--   $4 book_minor bigint, $5 currency text, $6 booking_date date
INSERT INTO journal_entry (commit_id, line, debit_account_id, credit_account_id, amount_minor,
                           currency, booking_date)
SELECT $1::bigint, 1, CASE WHEN $4::bigint > 0 THEN $2::integer ELSE $3::integer END,
       CASE WHEN $4::bigint > 0 THEN $3::integer ELSE $2::integer END, abs($4::bigint), $5::text,
       $6::date
 WHERE $4::bigint <> 0;
