-- The document of a window's corridor as it is in force on a day: its newest version knows the days
-- that were announced last.
--   $1 window_id bigint, $2 date
SELECT corridor.corridor_id, corridor.version, corridor.definition, corridor_calendar.holidays
  FROM settlement_window AS w
  JOIN corridor ON corridor.corridor_id = w.corridor_id AND corridor.effective_from <= $2::date
  JOIN corridor_calendar ON corridor_calendar.corridor_id = corridor.corridor_id
                        AND corridor_calendar.version = corridor.version
 WHERE w.window_id = $1::bigint
 ORDER BY corridor.version DESC
 LIMIT 1;
