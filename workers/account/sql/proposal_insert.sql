-- Propose how an account begins.
--   $1 account_id, $2 business_date, $3 bank_minor, $4 book_minor, $5 bank_open_minor,
--   $6 book_open_minor, $7 currency, $8 digest, $9 proposed_by, $10 commit_id
INSERT INTO account_opening (account_id, business_date, bank_minor, book_minor, bank_open_minor,
                             book_open_minor, currency, digest, proposed_by, commit_id)
VALUES ($1::integer, $2::date, $3::bigint, $4::bigint, $5::bigint, $6::bigint, $7::text,
        $8::bytea, $9::text, $10::bigint)
RETURNING opening_id;
