-- Store what a corridor version holds its nets against.
--   $1 corridor_id integer, $2 version integer, $3 minimum_minor bigint
INSERT INTO corridor_limit (corridor_id, version, minimum_minor)
VALUES ($1::integer, $2::integer, $3::bigint);
