-- A window as it stands, kept from others who fold or close it.
--   $1 window_id bigint
SELECT corridor_id, corridor_version, business_date, state,
       coalesce(value_date, business_date) AS value_date, coalesce(hold_reason, '') AS hold_reason
  FROM settlement_window
 WHERE window_id = $1::bigint
   FOR NO KEY UPDATE;
