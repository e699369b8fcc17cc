-- Note a business transaction.
--   $1 commit_id bigint, $2 action text, $3 worker text, $4 committed_at timestamptz
INSERT INTO commit_log (commit_id, action, worker, committed_at)
VALUES ($1::bigint, $2::text, $3::text, $4::timestamptz);
