-- Which corridors are there, under which number?
SELECT DISTINCT corridor_id, code FROM corridor ORDER BY corridor_id;
