-- Another person lets a window close.
--   $1 hold_id bigint, $2 window_id bigint, $3 maker text, $4 held_by text, $5 released_by text,
--   $6 reason text, $7 commit_id bigint
INSERT INTO settlement_hold_release (hold_id, window_id, maker, held_by, released_by, reason,
                                     commit_id)
VALUES ($1::bigint, $2::bigint, $3::text, $4::text, $5::text, $6::text, $7::bigint);
