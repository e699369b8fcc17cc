-- Expect what banks send back of a window, and say how it is booked: charge_minor is what they kept
-- of it, and goes to charge_account_id. Its item has the return's id, the original's end-to-end id
-- and the bank's own reference.
--   $1 window_id bigint, $2 book_date date, $3 commit_id bigint
WITH back AS (
    INSERT INTO expected_item (expected_item_id, account_id, return_id, window_id, participant_id,
                               amount_minor, currency, book_date, value_date, due_date,
                               end_to_end_id, reference, commit_id)
    SELECT said.return_id, instruction.account_id, said.return_id, instruction.window_id,
           instruction.participant_id, said.amount_minor, said.currency, $2::date,
           coalesce(said.value_date, $2::date), greatest(said.value_date, $2::date),
           instruction.end_to_end_id, said.reference, $3::bigint
      FROM payment_return AS said
      JOIN instruction USING (instruction_id)
     WHERE instruction.window_id = $1::bigint
       AND NOT EXISTS (SELECT FROM expected_item AS held WHERE held.return_id = said.return_id)
    RETURNING return_id
)
SELECT said.instruction_id, said.reason, said.amount_minor AS returned_minor,
       instruction.amount_minor - said.amount_minor AS charge_minor, instruction.currency,
       instruction.account_id AS nostro_account_id, owed.account_id AS obligation_account_id,
       CASE WHEN said.amount_minor < instruction.amount_minor
            THEN own_account('BANK_CHARGES', instruction.currency) ELSE 0 END AS charge_account_id
  FROM back
  JOIN payment_return AS said USING (return_id)
  JOIN instruction USING (instruction_id)
  JOIN account AS owed ON owed.kind = 'OBLIGATION'
                      AND owed.participant_id = instruction.participant_id
                      AND owed.currency = instruction.currency
 ORDER BY said.instruction_id;
