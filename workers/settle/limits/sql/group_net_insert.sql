-- Store what members of groups hand over to those that settle for them.
--   $1 window_id bigint, $2 currency text, $3 commit_id bigint, $4 participant_id integer[],
--   $5 through_id integer[], $6 net_minor bigint[]
INSERT INTO group_net (window_id, participant_id, through_id, net_minor, currency, commit_id)
SELECT $1::bigint, one.participant_id, one.through_id, one.net_minor, $2::text, $3::bigint
  FROM unnest($4::integer[], $5::integer[], $6::bigint[])
       AS one (participant_id, through_id, net_minor);
