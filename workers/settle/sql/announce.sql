-- Store the events of a window that was closed: the window, then its net positions, then its
-- instructions. None where nobody is told anything (outbox_destination has no row). Amounts are
-- decimal text: minor units times a power of ten, exact.
--   $1 window_id bigint, $2 commit_id bigint, $3 digits integer (decimals of its currency)
WITH told AS (
    SELECT settlement_window.window_id, settlement_window.corridor_id, corridor.code AS corridor,
           settlement_window.business_date, settlement_window.state, net_proof.model,
           net_proof.currency, net_proof.payment_count, net_proof.late_count,
           net_proof.gross_minor, net_proof.position_count, ('1e-' || $3::integer)::numeric AS unit
      FROM settlement_window
      JOIN corridor ON corridor.corridor_id = settlement_window.corridor_id
                   AND corridor.version = settlement_window.corridor_version
      JOIN net_proof ON net_proof.window_id = settlement_window.window_id
     WHERE settlement_window.window_id = $1::bigint
       AND EXISTS (SELECT FROM outbox_destination)
), event AS (
    SELECT 1 AS kind, 0 AS participant_id, 0 AS counterparty_id, '' AS direction,
           'window_closed' AS event_type, 'window_closed/' || window_id AS event_name,
           json_build_object(
               'window_id', window_id::text, 'corridor', corridor,
               'business_date', business_date, 'state', state, 'settlement_model', model,
               'currency', currency, 'payment_count', payment_count, 'late_count', late_count,
               'gross_amount', (gross_minor * unit)::text, 'net_position_count', position_count,
               'instruction_count', (SELECT count(*) FROM instruction
                                      WHERE instruction.window_id = told.window_id))::text
               AS payload
      FROM told
    UNION ALL
    SELECT 2, net_position.participant_id, net_position.counterparty_id, '', 'net_position',
           concat_ws('/', 'net_position', told.window_id, net_position.participant_id,
                     net_position.counterparty_id),
           json_build_object(
               'window_id', told.window_id::text, 'participant', participant.code,
               'counterparty', counterparty.code, 'currency', net_position.currency,
               'owes_amount', (owes_minor * unit)::text,
               'is_owed_amount', (is_owed_minor * unit)::text,
               'net_amount', (net_minor * unit)::text)::text
      FROM told
      JOIN net_position ON net_position.window_id = told.window_id
      JOIN participant ON participant.participant_id = net_position.participant_id
      LEFT JOIN participant AS counterparty
        ON counterparty.participant_id = net_position.counterparty_id
    UNION ALL
    SELECT 3, instruction.participant_id, instruction.counterparty_id, direction, 'instruction',
           'instruction/' || instruction.instruction_id,
           json_build_object(
               'window_id', told.window_id::text, 'instruction_id', instruction.instruction_id,
               'end_to_end_id', end_to_end_id, 'participant', participant.code,
               'counterparty', counterparty.code, 'direction', direction,
               'settlement_amount', (amount_minor * unit)::text,
               'currency', instruction.currency, 'settlement_date', settlement_date,
               'account', account.code)::text
      FROM told
      JOIN instruction ON instruction.window_id = told.window_id
      JOIN account ON account.account_id = instruction.account_id
      JOIN participant ON participant.participant_id = instruction.participant_id
      LEFT JOIN participant AS counterparty
        ON counterparty.participant_id = instruction.counterparty_id
)
INSERT INTO outbox (event_name, event_type, event_key, corridor, payload, commit_id)
SELECT event_name, event_type, told.window_id::text, told.corridor, payload, $2::bigint
  FROM event
 CROSS JOIN told
 ORDER BY kind, participant_id, counterparty_id, direction, event_name;
