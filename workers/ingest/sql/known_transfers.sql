-- Which of these transfers are recorded already, under whatever event id?
--   $1 event_days date[]   $2 transfer_ids uuid[]
SELECT asked.ordinal
  FROM unnest($1::date[], $2::uuid[]) WITH ORDINALITY AS asked (event_day, transfer_id, ordinal)
  JOIN payment USING (event_day, transfer_id);
