-- Wait until nobody else draws on the locks of a window's corridor: what is left of them is read in
-- a later statement.
--   $1 window_id bigint
SELECT pg_advisory_xact_lock(hashtextextended('sawa.fx_lock', $1::bigint >> 32));
