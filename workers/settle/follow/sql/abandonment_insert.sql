-- Propose to settle a payment outside.
--   $1 instruction_id uuid, $2 reason text, $3 digest bytea, $4 proposed_by text,
--   $5 commit_id bigint
INSERT INTO abandonment (instruction_id, reason, digest, proposed_by, commit_id)
VALUES ($1::uuid, $2::text, $3::bytea, $4::text, $5::bigint);
