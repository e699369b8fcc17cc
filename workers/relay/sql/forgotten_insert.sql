-- Forget a destination, on record.
--   $1 destination text, $2 reason text, $3 forgotten_by text, $4 commit_id bigint
INSERT INTO outbox_forgotten (destination, reason, forgotten_by, commit_id)
VALUES ($1::text, $2::text, $3::text, $4::bigint)
RETURNING next_number, held_count;
