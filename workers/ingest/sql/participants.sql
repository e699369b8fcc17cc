-- Who takes part, under which number?
SELECT participant_id, code FROM participant ORDER BY participant_id;
