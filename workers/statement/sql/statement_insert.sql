-- Store a statement. No row: the same content is stored already.
--   $1 file_id, $2 ordinal, $3 commit_id, $4 digest, $5 account_id, $6 account_number,
--   $7 currency, $8 format, $9 version, $10 sequence_number, $11 page, $12 state,
--   $13 hold_reason, $14 opening_minor, $15 opening_date, $16 closing_minor, $17 closing_date,
--   $18 entry_count, $19 loaded_count
INSERT INTO statement (file_id, ordinal, commit_id, digest, account_id, account_number, currency,
                       format, version, sequence_number, page, state, hold_reason, opening_minor,
                       opening_date, closing_minor, closing_date, entry_count, loaded_count)
VALUES ($1::bigint, $2::integer, $3::bigint, $4::bytea, $5::integer, $6::text, $7::text, $8::text,
        $9::text, $10::text, $11::integer, $12::text, $13::text, $14::bigint, $15::date,
        $16::bigint, $17::date, $18::integer, $19::integer)
    ON CONFLICT ON CONSTRAINT a_statement_is_its_digest DO NOTHING
RETURNING statement_id;
