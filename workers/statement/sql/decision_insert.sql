-- Decide about a proposal: PostgreSQL says whether this login may, and whether it is in time.
--   $1 proposal_id bigint, $2 decision text, $3 maker text, $4 proposed_by text,
--   $5 decided_by text, $6 reason text, $7 commit_id bigint
INSERT INTO statement_decision (proposal_id, decision, maker, proposed_by, decided_by, reason,
                                commit_id)
VALUES ($1::bigint, $2::text, $3::text, $4::text, $5::text, $6::text, $7::bigint)
RETURNING checker;
