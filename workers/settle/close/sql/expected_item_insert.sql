-- What each instruction of a window will look like on our statement. Its id is the instruction's,
-- its reference what fits the 16 characters of an MT940: SW and the first 14 digits of that id.
--   $1 window_id bigint, $2 book_date date
INSERT INTO expected_item (expected_item_id, account_id, instruction_id, window_id, participant_id,
                           amount_minor, currency, book_date, value_date, due_date, end_to_end_id,
                           reference, commit_id)
SELECT instruction_id, account_id, instruction_id, window_id, participant_id,
       CASE direction WHEN 'COLLECT' THEN amount_minor ELSE - amount_minor END,
       currency, $2::date, settlement_date, settlement_date, end_to_end_id,
       'SW' || upper(left(end_to_end_id, 14)), commit_id
  FROM instruction
 WHERE window_id = $1::bigint;
