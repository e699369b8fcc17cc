-- Store what a window takes of what participants placed.
--   $1 window_id bigint, $2 currency text, $3 commit_id bigint, $4 participant_id integer[],
--   $5 counterparty_id integer[], $6 amount_minor bigint[]
INSERT INTO prefunding_use (window_id, participant_id, counterparty_id, amount_minor, currency,
                            commit_id)
SELECT $1::bigint, one.participant_id, one.counterparty_id, one.amount_minor, $2::text, $3::bigint
  FROM unnest($4::integer[], $5::integer[], $6::bigint[])
       AS one (participant_id, counterparty_id, amount_minor);
