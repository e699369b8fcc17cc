-- Store participants that are new. A row comes back for each that is there under another code.
--   $1 participant_id integer[], $2 code text[], $3 name text[], $4 country text[]
WITH given AS (
    SELECT * FROM unnest($1::integer[], $2::text[], $3::text[], $4::text[])
                  AS one (participant_id, code, name, country)
), added AS (
    INSERT INTO participant (participant_id, code, name, country)
    SELECT * FROM given ON CONFLICT DO NOTHING
    RETURNING participant_id
)
SELECT given.code, participant.code AS held
  FROM given
  JOIN participant ON participant.participant_id = given.participant_id
                   OR participant.code = given.code
 WHERE participant.participant_id <> given.participant_id OR participant.code <> given.code;
