-- The next attempt of rejected instructions: the same payments on another day.
--   $1 commit_id bigint, $2 settlement_date date, $3 instruction_id uuid[], $4 rejected uuid[]
INSERT INTO instruction (instruction_id, window_id, participant_id, counterparty_id, direction,
                         account_id, amount_minor, currency, settlement_date, end_to_end_id,
                         commit_id, attempt, event_day, event_id)
SELECT one.instruction_id, window_id, participant_id, counterparty_id, direction, account_id,
       amount_minor, currency, $2::date, replace(one.instruction_id::text, '-', ''), $1::bigint,
       attempt + 1, event_day, event_id
  FROM unnest($3::uuid[], $4::uuid[]) AS one (instruction_id, rejected)
  JOIN instruction AS before ON before.instruction_id = one.rejected;
