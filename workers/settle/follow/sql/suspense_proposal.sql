-- A proposal to clear, as it was made.
--   $1 clearing_id bigint
SELECT digest, maker, proposed_by
  FROM suspense_clearing
 WHERE clearing_id = $1::bigint;
