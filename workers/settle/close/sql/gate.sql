-- Wait until nobody adds to a window, and let nobody in. Ingest holds the same lock, shared.
--   $1 window_id bigint
SELECT pg_advisory_xact_lock($1::bigint);
