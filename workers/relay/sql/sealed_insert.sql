-- Keep bytes that name customers, sealed.
--   $1 digest bytea (of the bytes in clear), $2 key_id integer, $3 sealed bytea
INSERT INTO sealed_content (digest, key_id, sealed) VALUES ($1::bytea, $2::integer, $3::bytea);
