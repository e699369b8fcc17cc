-- Note what was reported.
--   $1 account_id, $2 business_date, $3 bank_minor, $4 book_minor, $5 unexplained_minor,
--   $6 digest, $7 made_at, $8 commit_id
INSERT INTO report (account_id, business_date, bank_minor, book_minor, unexplained_minor, digest,
                    made_at, commit_id)
VALUES ($1::integer, $2::date, $3::bigint, $4::bigint, $5::bigint, $6::bytea, $7::timestamptz,
        $8::bigint);
