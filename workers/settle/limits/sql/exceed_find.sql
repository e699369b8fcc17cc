-- A participant by its code, and the currency a window settles in. No row: one of them is unknown.
--   $1 window_id bigint, $2 code text
SELECT participant.participant_id, corridor.settlement_currency
  FROM settlement_window AS w
  JOIN corridor ON corridor.corridor_id = w.corridor_id AND corridor.version = w.corridor_version
  JOIN participant ON participant.code = $2::text
 WHERE w.window_id = $1::bigint;
