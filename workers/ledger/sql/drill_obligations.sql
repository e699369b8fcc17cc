-- The obligations behind a net position.
--   $1 window_id bigint, $2 participant_id integer, $3 counterparty_id integer (0: everybody)
SELECT debtor.code AS debtor, creditor.code AS creditor, payment_count, amount_minor
  FROM obligation
  JOIN participant AS debtor ON debtor.participant_id = debtor_id
  JOIN participant AS creditor ON creditor.participant_id = creditor_id
 WHERE window_id = $1::bigint
   AND ((debtor_id = $2::integer AND $3::integer IN (0, creditor_id))
        OR (creditor_id = $2::integer AND $3::integer IN (0, debtor_id)))
 ORDER BY debtor.code COLLATE "C", creditor.code COLLATE "C";
