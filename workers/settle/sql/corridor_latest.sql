-- The newest version of every corridor.
SELECT DISTINCT ON (corridor_id) corridor_id, version, corridor.code, effective_from,
       source_currency, target_currency, settlement_currency, model, account.code AS nostro,
       limit_minor,
       (SELECT count(*) FROM corridor_participant AS one
         WHERE one.corridor_id = corridor.corridor_id AND one.version = corridor.version)
  FROM corridor
  JOIN account ON account.account_id = corridor.nostro_account_id
 ORDER BY corridor_id, version DESC;
