-- The versions of a corridor, by id or by code, the newest first.
--   $1 corridor_id integer, $2 code text
SELECT corridor_id, version, code, effective_from, digest, source_currency, target_currency,
       settlement_currency
  FROM corridor
 WHERE corridor_id = $1::integer OR code = $2::text
 ORDER BY version DESC;
