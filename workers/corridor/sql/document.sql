-- The document a corridor version came with.
--   $1 corridor_id integer, $2 version integer
SELECT corridor.definition, corridor_calendar.holidays
  FROM corridor
  JOIN corridor_calendar USING (corridor_id, version)
 WHERE corridor_id = $1::integer AND version = $2::integer;
