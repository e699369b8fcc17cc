-- Make a destination known: it gets what is in the outbox, and what comes from now on.
--   $1 destination text
INSERT INTO outbox_destination (destination, next_number)
SELECT $1::text, coalesce((SELECT min(number) FROM outbox_order), last_number + 1)
  FROM outbox_head
    ON CONFLICT DO NOTHING;
