-- Which instructed windows have all their expected items matched?
SELECT window_id
  FROM settlement_window
 WHERE state = 'INSTRUCTED'
   AND NOT EXISTS (SELECT FROM expected_item
                    WHERE expected_item.window_id = settlement_window.window_id
                      AND expected_item.is_open)
 ORDER BY window_id;
