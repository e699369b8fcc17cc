-- Which of these transfers are recorded on the day they were accepted, under whatever event id?
--   $1 acceptance days date[]   $2 transfer_ids uuid[]
SELECT asked.ordinal
  FROM unnest($1::date[], $2::uuid[]) WITH ORDINALITY AS asked (event_day, transfer_id, ordinal)
  JOIN payment USING (event_day, transfer_id);
