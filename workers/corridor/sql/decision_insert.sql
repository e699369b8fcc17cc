-- Decide about a change of the corridor book: PostgreSQL says whether this login may, and whether
-- it is in time. The next decision waits until this one is stored.
--   $1 change_id bigint, $2 decision text, $3 digest bytea, $4 maker text, $5 proposed_by text,
--   $6 decided_by text, $7 reason text, $8 commit_id bigint
INSERT INTO corridor_decision (change_id, decision, digest, maker, proposed_by, decided_by, reason,
                               commit_id)
VALUES ($1::bigint, $2::text, $3::bytea, $4::text, $5::text, $6::text, $7::text, $8::bigint)
RETURNING checker;
