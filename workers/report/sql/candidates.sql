-- What might explain the breaks that were open at the end of a date.
--   $1 account_id integer, $2 as_of date
SELECT candidate.break_id, candidate.rank,
       coalesce(item.amount_minor, entry.amount_minor) AS amount_minor,
       coalesce(item.value_date, entry.booking_date) AS item_date,
       coalesce(item.reference, nullif(entry.customer_reference, ''), entry.servicer_reference),
       candidate.reason
  FROM break_candidate AS candidate
  JOIN break_item AS broken USING (break_id)
  LEFT JOIN expected_item AS item ON item.expected_item_id = candidate.expected_item_id
  LEFT JOIN statement_entry AS entry ON entry.entry_id = candidate.entry_id
 WHERE broken.account_id = $1::integer AND broken.opened_on <= $2::date
   AND (broken.closed_on IS NULL OR broken.closed_on > $2::date)
 ORDER BY candidate.break_id, candidate.rank;
