-- Which of these events do we hold already, and with what content?
--   $1 event_days date[]   $2 event_ids uuid[]
SELECT asked.ordinal, payment.content_digest
  FROM unnest($1::date[], $2::uuid[]) WITH ORDINALITY AS asked (event_day, event_id, ordinal)
  JOIN payment USING (event_day, event_id);
