-- Which corridors are there, under which number, and what do they exchange? The currencies of a
-- corridor are the same in every version.
SELECT DISTINCT corridor_id, code, source_currency, settlement_currency
  FROM corridor
 ORDER BY corridor_id;
