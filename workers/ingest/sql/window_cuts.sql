-- Which open windows have a cut that no watermark made? A close stores such a cut and closes the
-- window in one transaction, so only a replay has any: there they are given, and hold.
SELECT window_id, source_id, partition, cut_offset
  FROM window_cut
  JOIN settlement_window USING (window_id)
 WHERE settlement_window.state = 'OPEN' AND window_cut.kind <> 'WATERMARK';
