-- The key that seals raw records of this scope and month.
--   $1 scope text   $2 month date
SELECT key_id, sealed_key FROM data_key WHERE scope = $1::text AND month = $2::date;
