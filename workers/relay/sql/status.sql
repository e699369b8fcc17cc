-- What stands where between closed windows and banks' answers?
SELECT (SELECT count(*) FROM payment_file WHERE state = 'PREPARED') AS prepared,
       (SELECT count(*) FROM payment_file
         WHERE state = 'PREPARED' AND release_until < clock_timestamp()) AS expired,
       (SELECT count(*) FROM payment_file WHERE state IN ('RELEASED', 'WRITING')) AS on_the_way,
       (SELECT count(*) FROM payment_file WHERE state = 'WRITTEN') AS written,
       (SELECT count(*) FROM instruction WHERE status = 'REJECTED') AS rejected,
       (SELECT count(*) FROM break_item
         WHERE type = 'contradiction' AND closed_on IS NULL) AS contradictions,
       (SELECT count(*) FROM payment_status WHERE outcome = 'UNKNOWN') AS unknown,
       (SELECT count(DISTINCT file_id)
          FROM payment_file
          JOIN bank_profile ON bank_profile.account_id = payment_file.account_id
                           AND bank_profile.version = payment_file.profile_version
          JOIN payment_file_item USING (file_id)
          JOIN instruction USING (instruction_id)
         WHERE payment_file.state = 'WRITTEN' AND instruction.status = 'SENT'
           AND changed_at + make_interval(hours => answer_hours) < clock_timestamp())
           AS unanswered,
       (SELECT count(*) FROM instruction
          JOIN expected_item USING (instruction_id)
         WHERE status = 'REJECTED' AND NOT is_open
           AND NOT EXISTS (SELECT FROM withdrawal
                            WHERE withdrawal.expected_item_id = expected_item.expected_item_id))
           AS rejected_and_booked,
       (SELECT count(*) FROM payment_return) AS returned,
       (SELECT count(*) FROM payment_return JOIN instruction USING (instruction_id)
         WHERE payment_return.amount_minor < instruction.amount_minor) AS returned_less;
