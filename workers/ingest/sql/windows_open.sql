-- Which windows take payments now?
SELECT window_id, corridor_id, opens_at, cut_off, corridor_version
  FROM settlement_window
 WHERE state = 'OPEN'
 ORDER BY corridor_id, cut_off;
