-- Which failed windows wait for nothing any more, because a bank made after all what it had
-- rejected?
SELECT w.window_id, max(approval.booked_on) AS day
  FROM ruling_approval AS approval
  JOIN ruling USING (ruling_id)
  JOIN instruction USING (instruction_id)
  JOIN settlement_window AS w USING (window_id)
 WHERE approval.effect = 'RESTORED' AND w.state = 'FAILED'
   AND NOT EXISTS (SELECT FROM rejected_instruction AS one WHERE one.window_id = w.window_id)
 GROUP BY w.window_id
 ORDER BY w.window_id;
