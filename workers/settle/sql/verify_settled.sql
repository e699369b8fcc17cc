-- Where does what closed windows instructed, took from balances and carried on not follow from
-- their nets and what was carried to them? One row per position; signed, above zero is paid.
-- Windows of before there was anything to carry are left out.
--   $1 window_id bigint (null: every closed window), $2 since date
WITH closed AS (
    SELECT window_id, model
      FROM net_proof
      JOIN settlement_window USING (window_id)
     WHERE ($1::bigint IS NULL OR window_id = $1::bigint) AND business_date >= $2::date
       AND collect_minor IS NOT NULL
), part AS (
    SELECT window_id, participant_id, counterparty_id, net_minor AS before_minor,
           0::bigint AS after_minor
      FROM net_position
      JOIN closed USING (window_id)
    UNION ALL
    SELECT window_id, participant_id,
           CASE model WHEN 'MULTILATERAL' THEN 0 ELSE counterparty_id END,
           CASE direction WHEN 'PAY' THEN amount_minor ELSE - amount_minor END, 0
      FROM net_carry
      JOIN closed ON closed.window_id = to_window_id
    UNION ALL
    SELECT window_id, side.participant_id, 0, side.minor, 0
      FROM group_net
      JOIN closed USING (window_id)
     CROSS JOIN LATERAL (VALUES (group_net.participant_id, - net_minor), (through_id, net_minor))
                        AS side (participant_id, minor)
    UNION ALL
    SELECT window_id, participant_id, counterparty_id, 0,
           CASE direction WHEN 'PAY' THEN amount_minor ELSE - amount_minor END
      FROM instruction
      JOIN closed USING (window_id)
     WHERE attempt = 1
    UNION ALL
    SELECT window_id, participant_id, counterparty_id, 0, - amount_minor
      FROM prefunding_use
      JOIN closed USING (window_id)
    UNION ALL
    SELECT window_id, participant_id, counterparty_id, 0,
           CASE direction WHEN 'PAY' THEN amount_minor ELSE - amount_minor END
      FROM net_carry
      JOIN closed ON closed.window_id = from_window_id
)
SELECT window_id, participant_id, counterparty_id, sum(before_minor)::bigint AS before_minor,
       sum(after_minor)::bigint AS after_minor
  FROM part
 GROUP BY window_id, participant_id, counterparty_id
HAVING sum(before_minor) <> sum(after_minor)
 ORDER BY window_id, participant_id, counterparty_id;
