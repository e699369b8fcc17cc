-- Store the participants of a corridor version that are not as the others.
--   $1 corridor_id integer, $2 version integer, $3 participant_id integer[],
--   $4 net_debit_cap_minor bigint[] (-1: none), $5 is_prefunded boolean[],
--   $6 settles_through_id integer[] (0: itself)
INSERT INTO corridor_member (corridor_id, version, participant_id, net_debit_cap_minor,
                             is_prefunded, settles_through_id)
SELECT $1::integer, $2::integer, one.participant_id, nullif(one.cap_minor, -1), one.is_prefunded,
       nullif(one.through_id, 0)
  FROM unnest($3::integer[], $4::bigint[], $5::boolean[], $6::integer[])
       AS one (participant_id, cap_minor, is_prefunded, through_id);
