-- Which payment files and instructions wait on their way to a bank, or were refused by it? Still:
-- too late to be released, not written for five minutes, or not answered in the bank's time. What a
-- bank rejected, sent back or contradicted is shown for a week; its window has failed.
--   $1 now timestamptz   $2 limit integer
WITH file AS (
    SELECT payment_file.*, account.code AS account, answer_hours
      FROM payment_file
      JOIN account USING (account_id)
      JOIN bank_profile ON bank_profile.account_id = payment_file.account_id
                       AND bank_profile.version = payment_file.profile_version
), said AS (
    SELECT item.file_id, count(DISTINCT item.instruction_id) AS payments,
           max(read_at) AS since,
           CASE WHEN payment_status.outcome = 'CONTRADICTS' THEN 'contradicted'
                WHEN payment_status.status = 'RETURNED' THEN 'returned'
                ELSE 'rejected' END AS state
      FROM payment_status
      JOIN payment_reply USING (reply_id)
      JOIN payment_file_item AS item ON item.instruction_id = payment_status.instruction_id
                                    AND NOT item.cancelled
      JOIN instruction ON instruction.instruction_id = item.instruction_id
     WHERE read_at > $1::timestamptz - interval '7 days'
       AND (EXISTS (SELECT FROM break_item AS broken
                     WHERE broken.reply_id = payment_status.reply_id
                       AND broken.reply_line = payment_status.line AND broken.closed_on IS NULL)
            OR (payment_status.outcome = 'APPLIED' AND instruction.status = 'REJECTED'
                AND payment_status.status IN ('RJCT', 'CANC'))
            OR (payment_status.outcome = 'APPLIED' AND payment_status.status = 'RETURNED'))
     GROUP BY 1, 4
), waiting AS (
    SELECT CASE WHEN release_until < $1::timestamptz THEN 'too late' ELSE 'to be signed' END
               AS state, file_id, transaction_count::bigint AS payments, prepared_at AS since,
           release_until < $1::timestamptz AS is_still
      FROM file
     WHERE state = 'PREPARED'
    UNION ALL
    SELECT 'on its way', file_id, transaction_count, changed_at,
           changed_at < $1::timestamptz - interval '5 minutes'
      FROM file
     WHERE state IN ('RELEASED', 'WRITING')
    UNION ALL
    SELECT 'unanswered', file.file_id, count(*), file.changed_at, true
      FROM file
      JOIN payment_file_item USING (file_id)
      JOIN instruction USING (instruction_id)
     WHERE file.state = 'WRITTEN' AND instruction.status = 'SENT'
       AND file.changed_at + make_interval(hours => file.answer_hours) < $1::timestamptz
     GROUP BY file.file_id, file.changed_at
    UNION ALL
    SELECT said.state, said.file_id, said.payments, said.since, false FROM said
)
SELECT count(*) OVER () AS total, count(*) FILTER (WHERE is_still) OVER () AS still, is_still,
       waiting.state, file.message_id, file.account, waiting.payments, file.settlement_date,
       waiting.since
  FROM waiting
  JOIN file USING (file_id)
 ORDER BY is_still DESC, waiting.since, file.message_id, waiting.state
 LIMIT $2::integer;
