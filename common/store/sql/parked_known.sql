-- Which of these records of a queue are parked already?
--   $1 source_id integer   $2 content_digests uuid[]
SELECT asked.ordinal
  FROM unnest($2::uuid[]) WITH ORDINALITY AS asked (content_digest, ordinal)
  JOIN parked ON parked.source_id = $1::integer
             AND parked.content_digest = asked.content_digest;
