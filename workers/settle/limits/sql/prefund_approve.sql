-- A second person answers for what a participant places; its balance moves by that.
--   $1 prefunding_id bigint, $2 participant_id integer, $3 amount_minor bigint, $4 currency text,
--   $5 maker text, $6 proposed_by text, $7 approved_by text, $8 commit_id bigint
INSERT INTO prefunding_approval (prefunding_id, participant_id, amount_minor, currency, maker,
                                 proposed_by, approved_by, commit_id)
VALUES ($1::bigint, $2::integer, $3::bigint, $4::text, $5::text, $6::text, $7::text, $8::bigint);
