-- Which corridors are in force on a day, each in its newest version?
--   $1 day date
SELECT DISTINCT ON (corridor_id)
       corridor_id, code, source_currency, target_currency, settlement_currency, limit_minor,
       version, rate_rounding
  FROM corridor
 WHERE effective_from <= $1::date
 ORDER BY corridor_id, version DESC;
