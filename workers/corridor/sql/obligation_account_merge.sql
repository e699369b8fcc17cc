-- Store an obligation account for each participant of a corridor, where it is new.
--   $1 currency text, $2 participant_id integer[]
INSERT INTO account (code, kind, currency, participant_id)
SELECT 'OBLIGATION:' || participant.code || ':' || $1::text, 'OBLIGATION', $1::text,
       participant.participant_id
  FROM participant
 WHERE participant.participant_id = ANY ($2::integer[])
   AND NOT EXISTS (SELECT FROM account
                    WHERE account.kind = 'OBLIGATION' AND account.currency = $1::text
                      AND account.participant_id = participant.participant_id)
 ORDER BY participant.participant_id;
