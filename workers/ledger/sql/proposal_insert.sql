-- Propose to close what is open up to a day, or to open the last period again.
--   $1 action text, $2 last_date date, $3 reason text, $4 valid_hours integer, $5 proposed_by text,
--   $6 commit_id bigint
INSERT INTO period_proposal (action, last_date, reason, valid_hours, proposed_by, commit_id)
VALUES ($1::text, $2::date, $3::text, $4::integer, $5::text, $6::bigint)
RETURNING proposal_id, digest, expires_at;
