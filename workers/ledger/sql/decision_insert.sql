-- Approve or reject a proposal, by the digest of its balance.
--   $1 proposal_id bigint, $2 verdict text, $3 digest bytea, $4 reason text, $5 decided_by text,
--   $6 commit_id bigint
INSERT INTO period_decision (proposal_id, verdict, digest, reason, decided_by, commit_id)
VALUES ($1::bigint, $2::text, $3::bytea, $4::text, $5::text, $6::bigint);
