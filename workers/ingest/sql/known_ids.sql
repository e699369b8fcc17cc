-- The same for ids that carry no day of their own: whatever day they came with. Where the payment
-- has expired its content is not known any more, but it is another one: the same would carry a day
-- that is not taken. No digest is all zero.
--   $1 event_ids uuid[]
SELECT asked.ordinal, coalesce(payment.content_digest, '00000000-0000-0000-0000-000000000000')
  FROM unnest($1::uuid[]) WITH ORDINALITY AS asked (event_id, ordinal)
  JOIN event_seen USING (event_id)
  LEFT JOIN payment
    ON payment.event_day = event_seen.event_day AND payment.event_id = asked.event_id;
