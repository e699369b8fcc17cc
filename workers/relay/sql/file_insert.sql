-- Store a prepared payment file.
--   $1 file_id uuid, $2 account_id integer, $3 profile_version integer, $4 settlement_date date,
--   $5 currency text, $6 transaction_count integer, $7 control_sum_minor bigint,
--   $8 content bytea, $9 digest bytea, $10 schema_checked boolean, $11 signatures_needed integer,
--   $12 prepared_at timestamptz, $13 release_hours integer, $14 commit_id bigint,
--   $15 is_sealed boolean (content is empty then, and stands in sealed_content)
INSERT INTO payment_file (file_id, account_id, profile_version, message_id, settlement_date,
                          currency, transaction_count, control_sum_minor, content, digest,
                          schema_checked, signatures_needed, prepared_at, release_until,
                          commit_id, is_sealed)
VALUES ($1::uuid, $2::integer, $3::integer, replace($1::uuid::text, '-', ''), $4::date, $5::text,
        $6::integer, $7::bigint, $8::bytea, $9::bytea, $10::boolean, $11::integer,
        $12::timestamptz, $12::timestamptz + make_interval(hours => $13::integer), $14::bigint,
        $15::boolean);
