-- Propose to let a net debit pass its cap, in one window.
--   $1 window_id bigint, $2 participant_id integer, $3 cap_minor bigint, $4 reason text,
--   $5 proposed_by text, $6 commit_id bigint
INSERT INTO cap_exception (window_id, participant_id, cap_minor, reason, proposed_by, commit_id)
VALUES ($1::bigint, $2::integer, $3::bigint, $4::text, $5::text, $6::bigint)
RETURNING exception_id;
