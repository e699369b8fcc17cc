-- Propose how an amount is cleared. The digest, which the database computes, is null where that
-- much is not left.
--   $1 instruction_id uuid, $2 amount_minor bigint, $3 purpose text,
--   $4 account_id integer (null: none), $5 value_date date (null: none), $6 reference text,
--   $7 reason text, $8 proposed_by text, $9 commit_id bigint
INSERT INTO suspense_clearing (instruction_id, amount_minor, purpose, account_id, value_date,
                               reference, reason, digest, proposed_by, commit_id)
VALUES ($1::uuid, $2::bigint, $3::text, $4::integer, $5::date, $6::text, $7::text,
        suspense_digest($1::uuid, $2::bigint, $3::text, $4::integer, $5::date, $6::text, $7::text),
        $8::text, $9::bigint)
RETURNING clearing_id, digest;
