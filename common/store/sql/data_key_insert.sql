-- A new key for a scope and month; another worker may have been faster.
--   $1 scope text   $2 month date   $3 sealed_key bytea
INSERT INTO data_key (scope, month, sealed_key) VALUES ($1::text, $2::date, $3::bytea)
ON CONFLICT DO NOTHING;
