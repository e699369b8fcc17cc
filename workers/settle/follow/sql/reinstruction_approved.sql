-- Which failed windows may instruct again, and on which day? The newest approval in time counts,
-- while it is about exactly what waits and the bank stands by its rejections.
SELECT DISTINCT ON (window_id) window_id, settlement_date
  FROM reinstruction
  JOIN reinstruction_approval USING (reinstruction_id)
  JOIN settlement_window USING (window_id)
 WHERE settlement_window.state = 'FAILED' AND clock_timestamp() <= approve_until
   AND reinstruction.digest = reinstruction_digest(window_id, settlement_date)
   AND NOT EXISTS (SELECT FROM rejected_instruction AS one
                    WHERE one.window_id = reinstruction.window_id
                      AND is_contradicted(one.instruction_id))
 ORDER BY window_id, reinstruction_id DESC;
