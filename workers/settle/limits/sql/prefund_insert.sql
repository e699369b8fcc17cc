-- Propose what a participant places, or takes back (below zero).
--   $1 participant_id integer, $2 account_id integer, $3 amount_minor bigint, $4 currency text,
--   $5 value_date date, $6 reference text, $7 reason text, $8 proposed_by text, $9 commit_id bigint
INSERT INTO prefunding (participant_id, account_id, amount_minor, currency, value_date, reference,
                        reason, proposed_by, commit_id)
VALUES ($1::integer, $2::integer, $3::bigint, $4::text, $5::date, $6::text, $7::text, $8::text,
        $9::bigint)
RETURNING prefunding_id;
