-- Which of these FX events do we hold already, and with what content?
--   $1 event_ids uuid[]
SELECT asked.ordinal, known.content_digest
  FROM unnest($1::uuid[]) WITH ORDINALITY AS asked (event_id, ordinal)
  JOIN (SELECT event_id, content_digest FROM fx_rate
        UNION ALL
        SELECT event_id, content_digest FROM fx_lock) AS known USING (event_id);
