-- A new commit id, and ids for its batches?
--   $1 batch_count integer
SELECT nextval('commit_id_seq') AS id
UNION ALL
SELECT nextval('batch_id_seq') FROM generate_series(1, $1::integer);
