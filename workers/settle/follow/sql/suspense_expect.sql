-- Where money moves, what we expect on the statement because of it. The id follows from what was
-- approved.
--   $1 clearing_id bigint
INSERT INTO expected_item (expected_item_id, account_id, clearing_id, participant_id,
                           amount_minor, currency, book_date, value_date, due_date, end_to_end_id,
                           reference, commit_id)
SELECT md5('clearing/' || clearing_id)::uuid,
       CASE direction WHEN 'PAY' THEN credit_account_id ELSE debit_account_id END, clearing_id,
       participant_id, CASE direction WHEN 'PAY' THEN - amount_minor ELSE amount_minor END,
       currency, booked_on, value_date, greatest(value_date, booked_on), reference, reference,
       commit_id
  FROM suspense_booking
 WHERE clearing_id = $1::bigint AND purpose = 'NOSTRO';
