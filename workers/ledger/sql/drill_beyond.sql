-- What came to a net position beside its own obligations: what windows before carried to it, and
-- what members of its group handed over. The commit is where that is booked, or was left over.
--   $1 window_id bigint, $2 participant_id integer, $3 counterparty_id integer (0: the agent)
SELECT 'carried in from window ' || carry.from_window_id || ', commit ' || carry.commit_id AS what,
       carry.direction = 'PAY' AS is_owed, carry.amount_minor
  FROM net_carry AS carry
  JOIN net_proof ON net_proof.window_id = carry.to_window_id
 WHERE carry.to_window_id = $1::bigint AND carry.participant_id = $2::integer
   AND (carry.counterparty_id = $3::integer OR net_proof.model = 'MULTILATERAL')
UNION ALL
SELECT 'handed over by ' || participant.code, net_minor > 0, abs(net_minor)
  FROM group_net
  JOIN participant USING (participant_id)
 WHERE window_id = $1::bigint AND through_id = $2::integer AND $3::integer = 0
 ORDER BY what, is_owed;
