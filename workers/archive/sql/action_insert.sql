-- Note who lets something go, and why.
--   $1 commit_id bigint   $2 action text   $3 reason text   $4 actor text
INSERT INTO retention_action (commit_id, action, reason, actor)
VALUES ($1::bigint, $2::text, $3::text, $4::text);
