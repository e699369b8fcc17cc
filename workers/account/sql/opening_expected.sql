-- What the books knew and the bank did not: expected from now on. The id follows from what was
-- approved.
--   $1 opening_id bigint, $2 commit_id bigint
INSERT INTO expected_item (expected_item_id, account_id, opening_id, amount_minor, currency,
                           book_date, value_date, due_date, end_to_end_id, reference, commit_id)
SELECT md5('item/' || encode(opening.digest, 'hex') || '/' || item.line)::uuid, opening.account_id,
       opening.opening_id, item.amount_minor, opening.currency, opening.business_date,
       item.value_date, greatest(item.value_date, opening.business_date), item.end_to_end_id,
       item.reference, $2::bigint
  FROM account_opening AS opening
  JOIN opening_item AS item USING (opening_id)
 WHERE opening.opening_id = $1::bigint AND item.side = 'BOOK';
