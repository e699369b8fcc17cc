-- Which windows have deltas that no fold has taken?
SELECT DISTINCT window_id FROM window_delta WHERE fold_id IS NULL ORDER BY window_id;
