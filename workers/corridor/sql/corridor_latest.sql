-- The corridors in force on a day.
--   $1 day date
SELECT DISTINCT ON (corridor.corridor_id) corridor.code, corridor.version, corridor.effective_from,
       corridor.model, corridor.settlement_currency, account.code AS nostro,
       (SELECT count(*) FROM corridor_participant AS one
         WHERE one.corridor_id = corridor.corridor_id AND one.version = corridor.version)
  FROM corridor
  JOIN account ON account.account_id = corridor.nostro_account_id
 WHERE corridor.effective_from <= $1::date
 ORDER BY corridor.corridor_id, corridor.version DESC;
