-- The key with this id, and what it is bound to.
--   $1 key_id integer
SELECT key_id, sealed_key, scope, month FROM data_key WHERE key_id = $1::integer;
