-- Store participants that are new.
--   $1 participant_id integer[], $2 code text[], $3 name text[], $4 country text[]
INSERT INTO participant (participant_id, code, name, country)
SELECT * FROM unnest($1::integer[], $2::text[], $3::text[], $4::text[])
    ON CONFLICT (participant_id) DO NOTHING;
