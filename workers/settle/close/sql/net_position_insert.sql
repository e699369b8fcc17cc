-- Store the net positions of a window.
--   $1 window_id bigint, $2 currency text, $3 participant_id integer[],
--   $4 counterparty_id integer[], $5 owes_minor bigint[], $6 is_owed_minor bigint[]
INSERT INTO net_position (window_id, participant_id, counterparty_id, owes_minor, is_owed_minor,
                          net_minor, currency)
SELECT $1::bigint, one.participant_id, one.counterparty_id, one.owes_minor, one.is_owed_minor,
       one.is_owed_minor - one.owes_minor, $2::text
  FROM unnest($3::integer[], $4::integer[], $5::bigint[], $6::bigint[])
       AS one (participant_id, counterparty_id, owes_minor, is_owed_minor);
