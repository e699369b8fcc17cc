-- Who of these has no part in a corridor version?
--   $1 corridor_id integer, $2 version integer, $3 participant_id integer[]
SELECT asked.participant_id
  FROM unnest($3::integer[]) AS asked (participant_id)
 WHERE NOT EXISTS (SELECT FROM corridor_participant AS member
                    WHERE member.corridor_id = $1::integer AND member.version = $2::integer
                      AND member.participant_id = asked.participant_id)
 ORDER BY asked.participant_id;
