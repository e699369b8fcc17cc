-- Store a version of how an account's bank wants its instructions, where it is new. differs: it is
-- stored with other content.
--   $1 account text, $2 version integer, $3 effective_from date, $4 message text,
--   $5 own_name text, $6 own_bic text, $7 settlement_method text, $8 transactions_max integer,
--   $9 uetr boolean, $10 release_threshold_minor bigint, $11 release_automatic boolean,
--   $12 release_hours integer, $13 answer_hours integer, $14 schema_check boolean
WITH given AS (
    SELECT account_id, $2::integer AS version, $3::date AS effective_from, $4::text AS message,
           $5::text AS own_name, nullif($6::text, '') AS own_bic,
           nullif($7::text, '') AS settlement_method, $8::integer AS transactions_max,
           $9::boolean AS uetr, $10::bigint AS release_threshold_minor,
           $11::boolean AS release_automatic, $12::integer AS release_hours,
           $13::integer AS answer_hours, $14::boolean AS schema_check
      FROM account
     WHERE code = 'NOSTRO:' || $1::text
), added AS (
    INSERT INTO bank_profile SELECT * FROM given
        ON CONFLICT (account_id, version) DO NOTHING
    RETURNING version
)
SELECT EXISTS (SELECT FROM added) AS is_new,
       EXISTS (SELECT FROM bank_profile AS held
                 JOIN given USING (account_id, version)
                WHERE ROW(held.*) IS DISTINCT FROM ROW(given.*)) AS differs;
