-- What people proposed to let pass, and who approved it, the newest first.
--   $1 window_id bigint (null: any), $2 exception_id bigint (null: any)
SELECT exception_id, asked.window_id, asked.participant_id, participant.code, asked.cap_minor,
       corridor.settlement_currency, asked.reason, asked.maker, asked.proposed_by,
       coalesce(approval.checker, '') AS checker, coalesce(approval.approved_by, '') AS approved_by
  FROM cap_exception AS asked
  JOIN settlement_window AS w USING (window_id)
  JOIN corridor ON corridor.corridor_id = w.corridor_id AND corridor.version = w.corridor_version
  JOIN participant ON participant.participant_id = asked.participant_id
  LEFT JOIN cap_exception_approval AS approval USING (exception_id)
 WHERE ($1::bigint IS NULL OR asked.window_id = $1::bigint)
   AND ($2::bigint IS NULL OR asked.exception_id = $2::bigint)
 ORDER BY exception_id DESC;
