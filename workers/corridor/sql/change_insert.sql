-- Propose a change of the corridor book.
--   $1 definition text, $2 holidays text, $3 digest bytea, $4 reason text, $5 proposed_by text,
--   $6 expires_at timestamptz, $7 commit_id bigint
INSERT INTO corridor_change (definition, holidays, digest, reason, proposed_by, expires_at,
                             commit_id)
VALUES ($1::text, $2::text, $3::bytea, $4::text, $5::text, $6::timestamptz, $7::bigint)
RETURNING change_id, maker;
