-- And expect it once more, as the withdrawn item was: the id follows from what was approved.
--   $1 ruling_id bigint
INSERT INTO expected_item (expected_item_id, account_id, ruling_id, window_id, participant_id,
                           amount_minor, currency, book_date, value_date, due_date, end_to_end_id,
                           reference, commit_id)
SELECT md5('ruling/' || ruling_id)::uuid, account_id, ruling_id, window_id, participant_id,
       CASE direction WHEN 'PAY' THEN - amount_minor ELSE amount_minor END, currency, booked_on,
       settlement_date, greatest(settlement_date, booked_on), end_to_end_id, end_to_end_id,
       commit_id
  FROM ruling_booking
 WHERE ruling_id = $1::bigint;
