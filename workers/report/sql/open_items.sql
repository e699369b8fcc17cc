-- What the books expected and the bank had not booked at the end of a date: open today, or matched
-- or withdrawn only later.
--   $1 account_id integer, $2 as_of date
WITH candidate AS (
    SELECT expected_item_id
      FROM expected_item
     WHERE account_id = $1::integer AND is_open
    UNION ALL
    SELECT member.expected_item_id
      FROM match
      JOIN match_member AS member USING (match_id)
     WHERE match.account_id = $1::integer AND match.matched_on > $2::date
       AND member.is_live AND member.expected_item_id IS NOT NULL
    UNION ALL
    SELECT expected_item_id
      FROM withdrawal
      JOIN expected_item USING (expected_item_id)
     WHERE account_id = $1::integer AND withdrawn_on > $2::date
), broken AS (
    SELECT expected_item_id, type
      FROM break_item
     WHERE account_id = $1::integer AND opened_on <= $2::date
       AND (closed_on IS NULL OR closed_on > $2::date)
)
SELECT item.expected_item_id, item.value_date, item.amount_minor, item.reference,
       item.end_to_end_id, coalesce(participant.code, ''), coalesce(broken.type, '')
  FROM candidate
  JOIN expected_item AS item USING (expected_item_id)
  LEFT JOIN participant USING (participant_id)
  LEFT JOIN broken USING (expected_item_id)
 WHERE item.book_date <= $2::date
 ORDER BY item.value_date, item.amount_minor, item.expected_item_id;
