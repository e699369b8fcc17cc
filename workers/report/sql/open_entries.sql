-- What the bank had booked and the books could not explain at the end of a date: open today, or
-- matched only later.
--   $1 account_id integer, $2 as_of date
WITH candidate AS (
    SELECT entry_id
      FROM statement_entry
     WHERE account_id = $1::integer AND is_open
    UNION ALL
    SELECT member.entry_id
      FROM match
      JOIN match_member AS member USING (match_id)
     WHERE match.account_id = $1::integer AND match.matched_on > $2::date
       AND member.is_live AND member.entry_id IS NOT NULL
), broken AS (
    SELECT entry_id, type
      FROM break_item
     WHERE account_id = $1::integer AND opened_on <= $2::date
       AND (closed_on IS NULL OR closed_on > $2::date)
)
SELECT entry.entry_id, entry.booking_date, entry.amount_minor,
       coalesce(nullif(entry.customer_reference, ''), entry.servicer_reference),
       entry.end_to_end_id, entry.remittance, coalesce(broken.type, '')
  FROM candidate
  JOIN statement_entry AS entry USING (entry_id)
  LEFT JOIN broken USING (entry_id)
 WHERE entry.as_of <= $2::date
 ORDER BY entry.booking_date, entry.amount_minor, entry.entry_id;
