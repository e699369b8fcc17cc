-- What do we know of a corridor version?
--   $1 corridor_id integer, $2 version integer
SELECT digest FROM corridor WHERE corridor_id = $1::integer AND version = $2::integer;
