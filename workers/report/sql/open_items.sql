-- What the books expected and the bank had not booked at the end of a date.
--   $1 account_id integer, $2 as_of date
SELECT item.expected_item_id, item.value_date, item.amount_minor, item.reference,
       item.end_to_end_id, coalesce(participant.code, ''), coalesce(broken.type, '')
  FROM expected_item AS item
  LEFT JOIN participant USING (participant_id)
  LEFT JOIN match_member AS member ON member.expected_item_id = item.expected_item_id
                                  AND member.is_live
  LEFT JOIN match USING (match_id)
  LEFT JOIN break_item AS broken ON broken.expected_item_id = item.expected_item_id
                                AND broken.opened_on <= $2::date
                                AND (broken.closed_on IS NULL OR broken.closed_on > $2::date)
 WHERE item.account_id = $1::integer AND item.book_date <= $2::date
   AND (match.match_id IS NULL OR match.matched_on > $2::date)
 ORDER BY item.value_date, item.amount_minor, item.expected_item_id;
