-- Propose to instruct again what waits.
--   $1 window_id bigint, $2 settlement_date date, $3 reason text, $4 digest bytea,
--   $5 proposed_by text, $6 commit_id bigint
INSERT INTO reinstruction (window_id, settlement_date, reason, digest, proposed_by, commit_id)
VALUES ($1::bigint, $2::date, $3::text, $4::bytea, $5::text, $6::bigint);
