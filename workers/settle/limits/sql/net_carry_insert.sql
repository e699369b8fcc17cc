-- Store what a window carries to another.
--   $1 from_window_id bigint, $2 to_window_id bigint, $3 currency text, $4 commit_id bigint,
--   $5 participant_id integer[], $6 counterparty_id integer[], $7 direction text[],
--   $8 amount_minor bigint[]
INSERT INTO net_carry (from_window_id, participant_id, counterparty_id, direction, to_window_id,
                       amount_minor, currency, commit_id)
SELECT $1::bigint, one.participant_id, one.counterparty_id, one.direction, $2::bigint,
       one.amount_minor, $3::text, $4::bigint
  FROM unnest($5::integer[], $6::integer[], $7::text[], $8::bigint[])
       AS one (participant_id, counterparty_id, direction, amount_minor);
