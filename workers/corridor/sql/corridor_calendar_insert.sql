-- The holidays a corridor version was loaded with.
--   $1 corridor_id integer, $2 version integer, $3 holidays text
INSERT INTO corridor_calendar (corridor_id, version, holidays)
VALUES ($1::integer, $2::integer, $3::text);
