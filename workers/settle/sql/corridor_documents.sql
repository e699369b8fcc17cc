-- The documents of every corridor version: from which business date on and up to which it makes
-- windows, up to where the corridor's windows are open, up to where those of older versions, and
-- from where on those of newer ones. A window keeps the version it was opened with, so a version
-- begins behind the last business date of the older ones.
WITH begun AS (
    SELECT corridor.corridor_id, corridor.version, corridor.code, corridor.definition,
           greatest(corridor.effective_from, older.business_date + 1) AS begins_on,
           older.cut_off AS older_to
      FROM corridor
      LEFT JOIN LATERAL (SELECT max(business_date) AS business_date, max(cut_off) AS cut_off
                           FROM settlement_window
                          WHERE settlement_window.corridor_id = corridor.corridor_id
                            AND corridor_version < corridor.version) AS older ON true
)
SELECT begun.corridor_id, begun.version, begun.code, begun.begins_on,
       lead(begun.begins_on) OVER (PARTITION BY begun.corridor_id
                                   ORDER BY begun.version) AS ends_before,
       begun.definition, corridor_calendar.holidays,
       (SELECT max(cut_off) FROM settlement_window
         WHERE settlement_window.corridor_id = begun.corridor_id) AS opened_to,
       begun.older_to,
       (SELECT min(opens_at) FROM settlement_window
         WHERE settlement_window.corridor_id = begun.corridor_id
           AND corridor_version > begun.version) AS newer_from
  FROM begun
  JOIN corridor_calendar USING (corridor_id, version)
 ORDER BY begun.corridor_id, begun.version;
