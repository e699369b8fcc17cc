-- What is a window held to beyond its model: the minimum of its corridor version (0: none), whether
-- any participant of the corridor has terms of its own, and whether anything was carried to it?
--   $1 window_id bigint, $2 corridor_id integer, $3 version integer
SELECT coalesce((SELECT minimum_minor FROM corridor_limit
                  WHERE corridor_id = $2::integer AND version = $3::integer), 0) AS minimum_minor,
       EXISTS (SELECT FROM corridor_member WHERE corridor_id = $2::integer) AS has_members,
       EXISTS (SELECT FROM net_carry WHERE to_window_id = $1::bigint) AS has_carries;
