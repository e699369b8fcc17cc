-- The code of a participant.
--   $1 participant_id integer
SELECT code FROM participant WHERE participant_id = $1::integer;
