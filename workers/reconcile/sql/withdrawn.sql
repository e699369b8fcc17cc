-- Expected items that were withdrawn in the last days, or later: a bank rejected them. Not those of
-- payments that two people found made after all: another item stands for each.
--   $1 account_id integer, $2 as_of date, $3 is_open boolean (false: they are not),
--   $4 back_days integer
SELECT expected_item_id, currency, amount_minor, value_date, due_date, end_to_end_id, reference
  FROM withdrawal
  JOIN expected_item USING (expected_item_id)
 WHERE account_id = $1::integer AND is_open = $3::boolean
   AND withdrawn_on > $2::date - $4::integer
   AND NOT EXISTS (SELECT FROM ruling_booking AS after_all
                    WHERE after_all.instruction_id = withdrawal.instruction_id);
