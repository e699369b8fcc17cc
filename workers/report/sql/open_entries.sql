-- What the bank had booked and the books could not explain at the end of a date.
--   $1 account_id integer, $2 as_of date
SELECT entry.entry_id, entry.booking_date, entry.amount_minor,
       coalesce(nullif(entry.customer_reference, ''), entry.servicer_reference),
       entry.end_to_end_id, entry.remittance, coalesce(broken.type, '')
  FROM statement_entry AS entry
  LEFT JOIN match_member AS member ON member.entry_id = entry.entry_id AND member.is_live
  LEFT JOIN match USING (match_id)
  LEFT JOIN break_item AS broken ON broken.entry_id = entry.entry_id
                                AND broken.opened_on <= $2::date
                                AND (broken.closed_on IS NULL OR broken.closed_on > $2::date)
 WHERE entry.account_id = $1::integer AND entry.as_of <= $2::date
   AND (match.match_id IS NULL OR match.matched_on > $2::date)
 ORDER BY entry.booking_date, entry.amount_minor, entry.entry_id;
