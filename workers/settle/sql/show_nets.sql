-- The net positions of a window.
--   $1 window_id bigint
SELECT participant.code, coalesce(counterparty.code, ''), owes_minor, is_owed_minor, net_minor,
       currency
  FROM net_position
  JOIN participant USING (participant_id)
  LEFT JOIN participant AS counterparty ON counterparty.participant_id = counterparty_id
 WHERE window_id = $1::bigint
 ORDER BY 1, 2;
