-- Which instructed windows have all their expected items matched?
SELECT window_id, corridor.settlement_currency
  FROM settlement_window
  JOIN corridor ON corridor.corridor_id = settlement_window.corridor_id
               AND corridor.version = settlement_window.corridor_version
 WHERE state = 'INSTRUCTED'
   AND NOT EXISTS (SELECT FROM expected_item
                    WHERE expected_item.window_id = settlement_window.window_id
                      AND expected_item.is_open)
 ORDER BY window_id;
