-- The net positions of a window, and what became of each beside being instructed; signed, above
-- zero is paid.
--   $1 window_id bigint
SELECT participant.code, coalesce(counterparty.code, ''), owes_minor, is_owed_minor, net_minor,
       net.currency,
       (SELECT coalesce(sum(CASE direction WHEN 'PAY' THEN amount_minor ELSE - amount_minor END),
                        0)::bigint
          FROM net_carry AS carry
         WHERE carry.to_window_id = net.window_id AND carry.participant_id = net.participant_id
           AND (carry.counterparty_id = net.counterparty_id OR net_proof.model = 'MULTILATERAL'))
           AS carried_in_minor,
       CASE WHEN net.counterparty_id = 0
            THEN (SELECT coalesce(sum(CASE through_id WHEN net.participant_id
                                           THEN group_net.net_minor
                                           ELSE - group_net.net_minor END), 0)::bigint
                    FROM group_net
                   WHERE group_net.window_id = net.window_id
                     AND net.participant_id IN (group_net.participant_id, through_id))
            ELSE 0 END AS joined_minor,
       (SELECT coalesce(sum(CASE direction WHEN 'PAY' THEN amount_minor ELSE - amount_minor END),
                        0)::bigint
          FROM net_carry AS carry
         WHERE carry.from_window_id = net.window_id AND carry.participant_id = net.participant_id
           AND carry.counterparty_id = net.counterparty_id) AS carried_out_minor,
       (SELECT coalesce(sum(amount_minor), 0)::bigint
          FROM prefunding_use AS used
         WHERE used.window_id = net.window_id AND used.participant_id = net.participant_id
           AND used.counterparty_id = net.counterparty_id) AS prefunded_minor
  FROM net_position AS net
  JOIN net_proof ON net_proof.window_id = net.window_id
  JOIN participant ON participant.participant_id = net.participant_id
  LEFT JOIN participant AS counterparty ON counterparty.participant_id = net.counterparty_id
 WHERE net.window_id = $1::bigint
 ORDER BY 1, 2;
