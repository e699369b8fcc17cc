-- Store the payments to be made for a window.
--   $1 window_id bigint, $2 commit_id bigint, $3 account_id integer, $4 currency text,
--   $5 settlement_date date, $6 instruction_id uuid[], $7 participant_id integer[],
--   $8 counterparty_id integer[], $9 direction text[], $10 amount_minor bigint[],
--   $11 event_day date[], $12 event_id uuid[] (nil: of a net position, whose day is none)
INSERT INTO instruction (instruction_id, window_id, participant_id, counterparty_id, direction,
                         account_id, amount_minor, currency, settlement_date, end_to_end_id,
                         commit_id, event_day, event_id)
SELECT one.instruction_id, $1::bigint, one.participant_id, one.counterparty_id, one.direction,
       $3::integer, one.amount_minor, $4::text, $5::date,
       replace(one.instruction_id::text, '-', ''), $2::bigint,
       CASE one.event_id WHEN '00000000-0000-0000-0000-000000000000' THEN NULL
                         ELSE one.event_day END,
       one.event_id
  FROM unnest($6::uuid[], $7::integer[], $8::integer[], $9::text[], $10::bigint[], $11::date[],
              $12::uuid[])
       AS one (instruction_id, participant_id, counterparty_id, direction, amount_minor,
               event_day, event_id);
