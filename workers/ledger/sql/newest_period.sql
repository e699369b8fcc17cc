-- The last period there is, or no row; and whether it is closed.
SELECT last_date, state = 'CLOSED' AS is_closed
  FROM accounting_period
 ORDER BY last_date DESC
 LIMIT 1;
