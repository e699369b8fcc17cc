-- A version of a corridor: that one, or the newest of a day.
--   $1 code text, $2 version integer (null: by day), $3 day date
SELECT corridor.corridor_id, corridor.version, corridor.definition, corridor_calendar.holidays,
       encode(corridor.digest, 'hex') AS digest
  FROM corridor
  JOIN corridor_calendar USING (corridor_id, version)
 WHERE corridor.code = $1::text
   AND CASE WHEN $2::integer IS NULL THEN corridor.effective_from <= $3::date
            ELSE corridor.version = $2::integer END
 ORDER BY corridor.version DESC
 LIMIT 1;
