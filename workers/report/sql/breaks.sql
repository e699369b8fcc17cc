-- The breaks that were open at the end of a date.
--   $1 account_id integer, $2 as_of date
SELECT broken.break_id, broken.type, broken.entry_id IS NOT NULL AS is_entry, broken.amount_minor,
       broken.opened_on,
       coalesce(item.value_date, entry.booking_date, paid.settlement_date) AS item_date,
       coalesce(item.reference, nullif(entry.customer_reference, ''), entry.servicer_reference,
                paid.end_to_end_id),
       coalesce(item.end_to_end_id, entry.end_to_end_id, paid.end_to_end_id),
       coalesce(participant.code, entry.remittance, '')
  FROM break_item AS broken
  LEFT JOIN expected_item AS item USING (expected_item_id)
  LEFT JOIN statement_entry AS entry ON entry.entry_id = broken.entry_id
  LEFT JOIN instruction AS paid ON paid.instruction_id = broken.instruction_id
  LEFT JOIN participant
         ON participant.participant_id = coalesce(item.participant_id, paid.participant_id)
 WHERE broken.account_id = $1::integer AND broken.opened_on <= $2::date
   AND (broken.closed_on IS NULL OR broken.closed_on > $2::date)
 ORDER BY broken.type, item_date, broken.amount_minor,
          coalesce(broken.expected_item_id, broken.entry_id, broken.instruction_id),
          broken.break_id;
