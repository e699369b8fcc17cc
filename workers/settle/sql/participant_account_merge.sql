-- Store where participants are paid, where it is new. is_new: how many; differs: a participant
-- that is stored with another account.
--   $1 participant_id integer[], $2 account text[], $3 is_iban boolean[], $4 bic text[]
WITH given AS (
    SELECT participant_id, account, is_iban, nullif(bic, '') AS bic
      FROM unnest($1::integer[], $2::text[], $3::boolean[], $4::text[])
           AS one (participant_id, account, is_iban, bic)
), added AS (
    INSERT INTO participant_account SELECT * FROM given
        ON CONFLICT (participant_id) DO NOTHING
    RETURNING participant_id
)
SELECT (SELECT count(*) FROM added) AS is_new,
       (SELECT min(participant.code)
          FROM given
          JOIN participant_account AS held USING (participant_id)
          JOIN participant USING (participant_id)
         WHERE (held.account, held.is_iban, held.bic)
               IS DISTINCT FROM (given.account, given.is_iban, given.bic)) AS differs;
