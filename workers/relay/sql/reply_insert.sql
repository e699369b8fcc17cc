-- Store an answer of a bank. No row: the same bytes were read before.
--   $1 digest bytea, $2 name text, $3 message text, $4 message_id text, $5 content bytea,
--   $6 commit_id bigint, $7 is_sealed boolean (content is empty then)
INSERT INTO payment_reply (digest, name, message, message_id, content, commit_id, is_sealed)
VALUES ($1::bytea, $2::text, $3::text, $4::text, $5::bytea, $6::bigint, $7::boolean)
    ON CONFLICT (digest) DO NOTHING
RETURNING reply_id;
