-- What we expect on the statement because of it. The id follows from what was approved.
--   $1 prefunding_id bigint, $2 commit_id bigint, $3 book_date date
INSERT INTO expected_item (expected_item_id, account_id, prefunding_id, participant_id,
                           amount_minor, currency, book_date, value_date, due_date, end_to_end_id,
                           reference, commit_id)
SELECT md5('prefunding/' || prefunding_id)::uuid, account_id, prefunding_id, participant_id,
       amount_minor, currency, $3::date, value_date, greatest(value_date, $3::date), reference,
       reference, $2::bigint
  FROM prefunding
 WHERE prefunding_id = $1::bigint;
