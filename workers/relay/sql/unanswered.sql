-- How many written files has a bank not answered in its time?
SELECT count(DISTINCT file_id)
  FROM payment_file
  JOIN bank_profile ON bank_profile.account_id = payment_file.account_id
                   AND bank_profile.version = payment_file.profile_version
  JOIN payment_file_item USING (file_id)
  JOIN instruction USING (instruction_id)
 WHERE payment_file.state = 'WRITTEN' AND instruction.status = 'SENT'
   AND changed_at + make_interval(hours => answer_hours) < clock_timestamp();
