-- Store an event for each next attempt that a transaction instructs: as announce.sql tells of first
-- ones, with the number of the attempt and the instruction it repeats.
--   $1 window_id bigint, $2 commit_id bigint, $3 digits integer (decimals of its currency)
INSERT INTO outbox (event_name, event_type, event_key, corridor, payload, commit_id)
SELECT 'instruction/' || one.instruction_id, 'instruction', one.window_id::text, corridor.code,
       json_build_object(
           'window_id', one.window_id::text, 'instruction_id', one.instruction_id,
           'end_to_end_id', one.end_to_end_id, 'participant', participant.code,
           'counterparty', counterparty.code, 'direction', one.direction,
           'settlement_amount', (one.amount_minor * ('1e-' || $3::integer)::numeric)::text,
           'currency', one.currency, 'settlement_date', one.settlement_date,
           'account', account.code, 'attempt', one.attempt,
           'repeats', before.instruction_id)::text,
       $2::bigint
  FROM instruction AS one
  JOIN instruction AS before
    ON before.window_id = one.window_id AND before.participant_id = one.participant_id
   AND before.counterparty_id = one.counterparty_id AND before.direction = one.direction
   AND before.event_id = one.event_id AND before.attempt = one.attempt - 1
  JOIN settlement_window AS w ON w.window_id = one.window_id
  JOIN corridor ON corridor.corridor_id = w.corridor_id AND corridor.version = w.corridor_version
  JOIN account ON account.account_id = one.account_id
  JOIN participant ON participant.participant_id = one.participant_id
  LEFT JOIN participant AS counterparty ON counterparty.participant_id = one.counterparty_id
 WHERE one.window_id = $1::bigint AND one.commit_id = $2::bigint
   AND EXISTS (SELECT FROM outbox_destination)
 ORDER BY one.instruction_id;
