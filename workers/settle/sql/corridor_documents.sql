-- The documents of every corridor version that may still open windows, and up to where the
-- corridor's windows are open, with the last one's id: the next one follows without a hole.
SELECT corridor.corridor_id, corridor.version, corridor.code, corridor.effective_from,
       lead(corridor.effective_from) OVER (PARTITION BY corridor.corridor_id
                                           ORDER BY corridor.version) AS effective_until,
       corridor.definition, corridor_calendar.holidays,
       (SELECT max(cut_off) FROM settlement_window
         WHERE settlement_window.corridor_id = corridor.corridor_id) AS opened_to,
       (SELECT max(window_id) FROM settlement_window
         WHERE settlement_window.corridor_id = corridor.corridor_id) AS newest_window_id
  FROM corridor
  JOIN corridor_calendar USING (corridor_id, version)
 ORDER BY corridor.corridor_id, corridor.version;
