-- Who takes part in which corridor, and which account keeps what it owes there?
--   $1 day date
SELECT member.corridor_id, member.participant_id, account.account_id
  FROM (SELECT DISTINCT ON (corridor_id) corridor_id, version, settlement_currency
          FROM corridor
         WHERE effective_from <= $1::date
         ORDER BY corridor_id, version DESC) AS current
  JOIN corridor_participant AS member
    ON member.corridor_id = current.corridor_id AND member.version = current.version
  JOIN account
    ON account.kind = 'OBLIGATION' AND account.participant_id = member.participant_id
   AND account.currency = current.settlement_currency
 ORDER BY member.corridor_id, member.participant_id;
