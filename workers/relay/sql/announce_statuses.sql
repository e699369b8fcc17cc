-- Store an event for each instruction that was moved in this transaction: where it is now, why, and
-- how much of it came back (amounts as text, by the caller). None where nobody is told anything.
--   $1 commit_id bigint, $2 instruction_id uuid[], $3 reason text[] (empty: none),
--   $4 returned_amount text[] (empty: none)
INSERT INTO outbox (event_name, event_type, event_key, corridor, payload, commit_id)
SELECT concat_ws('/', 'instruction_status', instruction.instruction_id, instruction.status),
       'instruction_status', instruction.window_id::text, corridor.code,
       json_build_object(
           'window_id', instruction.window_id::text,
           'instruction_id', instruction.instruction_id,
           'end_to_end_id', end_to_end_id, 'attempt', attempt, 'status', status,
           'reason', nullif(one.reason, ''), 'message_id', payment_file.message_id,
           'returned_amount', nullif(one.returned_amount, ''),
           'currency', instruction.currency)::text,
       $1::bigint
  FROM unnest($2::uuid[], $3::text[], $4::text[]) AS one (instruction_id, reason, returned_amount)
  JOIN instruction USING (instruction_id)
  JOIN payment_file_item AS item ON item.instruction_id = instruction.instruction_id
                                AND NOT item.cancelled
  JOIN payment_file USING (file_id)
  JOIN settlement_window AS w USING (window_id)
  JOIN corridor ON corridor.corridor_id = w.corridor_id AND corridor.version = w.corridor_version
 WHERE EXISTS (SELECT FROM outbox_destination)
 ORDER BY instruction.instruction_id;
