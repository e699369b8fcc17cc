-- How many open windows of a day and later has a corridor, up to which day, of which version?
--   $1 corridor_id integer, $2 effective_from date
SELECT count(*), max(business_date), max(corridor_version)
  FROM settlement_window
 WHERE corridor_id = $1::integer AND business_date >= $2::date AND state = 'OPEN';
