-- Store where participants are paid from a day on, where it is new.
--   $1 participant_id integer[], $2 account text[], $3 is_iban boolean[], $4 bic text[],
--   $5 account_from date[]
INSERT INTO participant_account (participant_id, account, is_iban, bic, effective_from)
SELECT participant_id, account, is_iban, nullif(bic, ''), account_from
  FROM unnest($1::integer[], $2::text[], $3::boolean[], $4::text[], $5::date[])
       AS given (participant_id, account, is_iban, bic, account_from)
    ON CONFLICT (participant_id, effective_from) DO NOTHING
RETURNING participant_id, account, coalesce(bic, '') AS bic, effective_from;
