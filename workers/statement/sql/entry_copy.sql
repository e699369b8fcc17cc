-- The entries of a statement, straight to where they belong.
COPY statement_entry (entry_id, account_id, statement_id, position, entry_key, occurrence,
                      amount_minor, currency, value_date, booking_date, as_of, reversal, returned,
                      end_to_end_id, instruction_id, transaction_id, uetr, customer_reference,
                      servicer_reference, remittance, transaction_code, kind, return_code,
                      return_reason, is_open)
FROM STDIN (FORMAT binary);
