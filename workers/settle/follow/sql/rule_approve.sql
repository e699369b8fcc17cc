-- A second person answers for what the bank did: its breaks are resolved, and the instruction is
-- where that puts it.
--   $1 ruling_id bigint, $2 digest bytea, $3 maker text, $4 proposed_by text,
--   $5 approved_by text, $6 commit_id bigint
INSERT INTO ruling_approval (ruling_id, digest, maker, proposed_by, approved_by, commit_id)
VALUES ($1::bigint, $2::bytea, $3::text, $4::text, $5::text, $6::bigint)
RETURNING effect;
