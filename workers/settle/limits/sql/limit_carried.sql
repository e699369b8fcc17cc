-- What was carried to a window, per position; sums, where several windows carried to it.
--   $1 window_id bigint
SELECT participant_id, counterparty_id,
       coalesce(sum(amount_minor) FILTER (WHERE direction = 'COLLECT'), 0)::bigint AS collect_minor,
       coalesce(sum(amount_minor) FILTER (WHERE direction = 'PAY'), 0)::bigint AS pay_minor
  FROM net_carry
 WHERE to_window_id = $1::bigint
 GROUP BY participant_id, counterparty_id
 ORDER BY participant_id, counterparty_id;
