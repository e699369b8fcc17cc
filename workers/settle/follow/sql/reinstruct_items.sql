-- What those attempts will look like on our statement; see expected_item_insert.sql.
--   $1 commit_id bigint, $2 window_id bigint
INSERT INTO expected_item (expected_item_id, account_id, instruction_id, window_id, participant_id,
                           amount_minor, currency, book_date, value_date, due_date, end_to_end_id,
                           reference, commit_id)
SELECT instruction_id, account_id, instruction_id, window_id, participant_id,
       CASE direction WHEN 'COLLECT' THEN amount_minor ELSE - amount_minor END,
       currency, settlement_date, settlement_date, settlement_date, end_to_end_id,
       'SW' || upper(left(end_to_end_id, 14)), commit_id
  FROM instruction
 WHERE window_id = $2::bigint AND commit_id = $1::bigint;
