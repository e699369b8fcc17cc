-- Take the gates of these windows, shared, in id order; a close that holds one is waited for.
--   $1 window_ids bigint[] (ascending)
SELECT pg_advisory_xact_lock_shared(window_id) FROM unnest($1::bigint[]) AS gate (window_id);
