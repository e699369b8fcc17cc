-- The same for ids that carry no day of their own: whatever day they came with.
--   $1 event_ids uuid[]
SELECT asked.ordinal, payment.content_digest
  FROM unnest($1::uuid[]) WITH ORDINALITY AS asked (event_id, ordinal)
  JOIN event_seen USING (event_id)
  JOIN payment ON payment.event_day = event_seen.event_day AND payment.event_id = asked.event_id;
