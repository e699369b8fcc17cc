-- Which of these locks are recorded already, under whatever event id?
--   $1 lock_ids uuid[]
SELECT asked.ordinal
  FROM unnest($1::uuid[]) WITH ORDINALITY AS asked (lock_id, ordinal)
  JOIN fx_lock USING (lock_id);
