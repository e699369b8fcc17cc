-- Who takes part in a corridor version.
--   $1 corridor_id integer, $2 version integer, $3 participant_id integer[]
INSERT INTO corridor_participant (corridor_id, version, participant_id)
SELECT $1::integer, $2::integer, unnest($3::integer[]);
