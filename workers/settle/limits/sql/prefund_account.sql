-- The account that keeps what a participant places, made where it is new.
--   $1 prefunding_id bigint
INSERT INTO account (code, kind, currency, participant_id)
SELECT 'PREFUNDING:' || participant.code || ':' || placed.currency, 'PREFUNDING', placed.currency,
       placed.participant_id
  FROM prefunding AS placed
  JOIN participant USING (participant_id)
 WHERE placed.prefunding_id = $1::bigint
   AND NOT EXISTS (SELECT FROM account
                    WHERE account.kind = 'PREFUNDING' AND account.currency = placed.currency
                      AND account.participant_id = placed.participant_id);
