-- A proposal to place money, as it was made.
--   $1 prefunding_id bigint
SELECT participant_id, participant.code, amount_minor, currency, maker, proposed_by
  FROM prefunding
  JOIN participant USING (participant_id)
 WHERE prefunding_id = $1::bigint;
