-- Store the event of a window that is settled: what was paid and collected, and what people settled
-- outside. A window may settle again after money came back: each time there is one attempt or one
-- decision more, by which the event is named. None where nobody is told anything.
--   $1 window_id bigint, $2 commit_id bigint, $3 digits integer (decimals of its currency)
WITH moved AS (
    SELECT count(*) FILTER (WHERE status NOT IN ('REJECTED', 'RETURNED')) AS instruction_count,
           coalesce(sum(amount_minor) FILTER (WHERE direction = 'PAY'
                    AND status NOT IN ('REJECTED', 'RETURNED')), 0) AS paid,
           coalesce(sum(amount_minor) FILTER (WHERE direction = 'COLLECT'
                    AND status NOT IN ('REJECTED', 'RETURNED')), 0) AS collected,
           count(settled.instruction_id) AS outside_count,
           count(*) + count(settled.instruction_id) AS number,
           ('1e-' || $3::integer)::numeric AS unit
      FROM instruction
      LEFT JOIN abandoned_instruction AS settled USING (instruction_id)
     WHERE instruction.window_id = $1::bigint
)
INSERT INTO outbox (event_name, event_type, event_key, corridor, payload, commit_id)
SELECT concat_ws('/', 'window_settled', w.window_id, moved.number), 'window_settled',
       w.window_id::text, corridor.code,
       json_build_object(
           'window_id', w.window_id::text, 'corridor', corridor.code,
           'business_date', w.business_date, 'currency', corridor.settlement_currency,
           'instruction_count', moved.instruction_count,
           'paid_amount', (moved.paid * moved.unit)::text,
           'collected_amount', (moved.collected * moved.unit)::text,
           'settled_outside_count', moved.outside_count)::text,
       $2::bigint
  FROM settlement_window AS w
  JOIN corridor ON corridor.corridor_id = w.corridor_id AND corridor.version = w.corridor_version
 CROSS JOIN moved
 WHERE w.window_id = $1::bigint AND EXISTS (SELECT FROM outbox_destination);
