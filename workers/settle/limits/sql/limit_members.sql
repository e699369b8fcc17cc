-- Who is held to more than the others of a corridor? Who settles for whom, and who is prefunded, is
-- the window's version; a cap is that of the version in force today, so that a new one counts at
-- once (who has left keeps the last), or what two people let pass for this window, if that is more.
-- Null: no cap.
--   $1 window_id bigint, $2 corridor_id integer, $3 version integer, $4 today date
WITH in_force AS (
    SELECT max(version) AS version
      FROM corridor
     WHERE corridor_id = $2::integer AND (effective_from <= $4::date OR version = $3::integer)
), passed AS (
    SELECT participant_id, max(cap_minor) AS cap_minor
      FROM cap_exception_approval
     WHERE window_id = $1::bigint
     GROUP BY participant_id
)
SELECT participant_id, coalesce(own.settles_through_id, participant_id) AS through_id,
       coalesce(own.is_prefunded, false) AS is_prefunded,
       CASE WHEN cap.minor IS NOT NULL THEN greatest(cap.minor, passed.cap_minor) END AS cap_minor
  FROM (SELECT * FROM corridor_member
         WHERE corridor_id = $2::integer AND version = $3::integer) AS own
  FULL JOIN (SELECT member.* FROM corridor_member AS member JOIN in_force USING (version)
              WHERE corridor_id = $2::integer) AS newest USING (participant_id)
 CROSS JOIN LATERAL (
           SELECT CASE WHEN EXISTS (SELECT FROM corridor_participant AS part
                                      JOIN in_force USING (version)
                                     WHERE part.corridor_id = $2::integer
                                       AND part.participant_id
                                           = coalesce(own.participant_id, newest.participant_id))
                       THEN newest.net_debit_cap_minor ELSE own.net_debit_cap_minor END AS minor)
               AS cap
  LEFT JOIN passed USING (participant_id)
 ORDER BY participant_id;
