-- The documents of every corridor version that may still open windows, by what they hold.
SELECT corridor.corridor_id, corridor.version, corridor.code, corridor.effective_from,
       lead(corridor.effective_from) OVER (PARTITION BY corridor.corridor_id
                                           ORDER BY corridor.version) AS effective_until,
       corridor.definition, corridor_calendar.holidays
  FROM corridor
  JOIN corridor_calendar USING (corridor_id, version)
 ORDER BY corridor.corridor_id, corridor.version;
