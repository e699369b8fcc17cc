-- Let events go that all destinations have.
--   $1 keep_ms bigint, $2 most integer
SELECT outbox_expire($1::bigint * interval '1 millisecond', $2::integer) AS gone;
