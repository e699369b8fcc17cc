-- What the bank had booked and the books did not know: an entry from before the first statement.
--   $1 opening_id bigint
INSERT INTO statement_entry (entry_id, account_id, opening_id, position, entry_key, occurrence,
                             amount_minor, currency, value_date, booking_date, as_of, reversal,
                             returned, end_to_end_id, instruction_id, transaction_id, uetr,
                             customer_reference, servicer_reference, remittance)
SELECT md5('entry/' || encode(opening.digest, 'hex') || '/' || item.line)::uuid,
       opening.account_id, opening.opening_id, item.line,
       sha256(convert_to('opening/' || encode(opening.digest, 'hex') || '/' || item.line, 'UTF8')),
       1, item.amount_minor, opening.currency, item.value_date, item.value_date,
       opening.business_date, false, false, item.end_to_end_id, '', '', '', item.reference, '', ''
  FROM account_opening AS opening
  JOIN opening_item AS item USING (opening_id)
 WHERE opening.opening_id = $1::bigint AND item.side = 'BANK';
