-- Keep a window from closing.
--   $1 window_id bigint, $2 reason text, $3 held_by text, $4 commit_id bigint
INSERT INTO settlement_hold (window_id, reason, held_by, commit_id)
VALUES ($1::bigint, $2::text, $3::text, $4::bigint);
