-- What is stored of participants, by id or by code; their newest account, and the one that begins
-- on the same day as the one given.
--   $1 participant_id integer[], $2 code text[], $3 account_from date[]
SELECT given.ordinal, held.participant_id, held.code, held.name, held.country,
       coalesce(newest.account, '') AS account, coalesce(newest.bic, '') AS bic,
       newest.effective_from, same.account AS same_account, coalesce(same.bic, '') AS same_bic
  FROM unnest($1::integer[], $2::text[], $3::date[])
       WITH ORDINALITY AS given (participant_id, code, account_from, ordinal)
  JOIN participant AS held
    ON held.participant_id = given.participant_id OR held.code = given.code
  LEFT JOIN LATERAL (SELECT *
                       FROM participant_account AS paid
                      WHERE paid.participant_id = held.participant_id
                      ORDER BY effective_from DESC
                      LIMIT 1) AS newest ON true
  LEFT JOIN participant_account AS same
    ON same.participant_id = held.participant_id AND same.effective_from = given.account_from
 ORDER BY given.ordinal, held.participant_id;
