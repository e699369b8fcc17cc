-- Forget the candidates of these open breaks; what they are now follows.
--   $1 break_id bigint[]
DELETE FROM break_candidate WHERE break_id = ANY ($1::bigint[]);
