-- Propose what a bank did. The digest, which the database computes, is null where nothing is
-- contradicted, or where that is not for anybody to say.
--   $1 instruction_id uuid, $2 outcome text, $3 evidence text, $4 proposed_by text,
--   $5 commit_id bigint
INSERT INTO ruling (instruction_id, outcome, evidence, digest, proposed_by, commit_id)
VALUES ($1::uuid, $2::text, $3::text, ruling_digest($1::uuid, $2::text, $3::text), $4::text,
        $5::bigint)
RETURNING ruling_id, digest;
