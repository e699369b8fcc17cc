-- A ruling, as it was proposed.
--   $1 ruling_id bigint
SELECT digest, maker, proposed_by
  FROM ruling
 WHERE ruling_id = $1::bigint;
