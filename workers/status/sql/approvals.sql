-- What was proposed and can still be approved, by somebody else? It waits for a person, so it does
-- not stand still. What an account begins with can be approved for ever, once.
--   $1 now timestamptz   $2 limit integer
WITH waiting AS (
    SELECT 'corridor book' AS proposal, 'change ' || change_id AS about, maker, proposed_by,
           proposed_at, expires_at
      FROM corridor_change AS change
     WHERE NOT EXISTS (SELECT FROM corridor_decision AS decision
                        WHERE decision.change_id = change.change_id)
    UNION ALL
    SELECT 'period', lower(action) || ' until ' || last_date, maker, proposed_by, proposed_at,
           expires_at
      FROM period_proposal
     WHERE state = 'PROPOSED'
    UNION ALL
    SELECT 'reinstruction', 'window ' || window_id, maker, proposed_by, proposed_at, approve_until
      FROM reinstruction
      JOIN settlement_window AS w USING (window_id)
     WHERE w.state = 'FAILED'
       AND NOT EXISTS (SELECT FROM reinstruction_approval AS approval
                        WHERE approval.reinstruction_id = reinstruction.reinstruction_id)
    UNION ALL
    SELECT 'abandonment', 'instruction ' || instruction_id, maker, proposed_by, proposed_at,
           approve_until
      FROM abandonment
     WHERE NOT EXISTS (SELECT FROM abandonment_approval AS approval
                        WHERE approval.abandonment_id = abandonment.abandonment_id)
       AND NOT EXISTS (SELECT FROM abandoned_instruction AS abandoned
                        WHERE abandoned.instruction_id = abandonment.instruction_id)
    UNION ALL
    SELECT 'cap exception', 'number ' || exception_id || ', window ' || window_id, maker,
           proposed_by, proposed_at, approve_until
      FROM cap_exception AS exception
      JOIN settlement_window AS w USING (window_id)
     WHERE w.state IN ('OPEN', 'CLOSING', 'HELD')
       AND NOT EXISTS (SELECT FROM cap_exception_approval AS approval
                        WHERE approval.exception_id = exception.exception_id)
    UNION ALL
    SELECT 'prefunding', 'number ' || prefunding_id || ' of ' || participant.code, maker,
           proposed_by, proposed_at, approve_until
      FROM prefunding
      JOIN participant USING (participant_id)
     WHERE NOT EXISTS (SELECT FROM prefunding_approval AS approval
                        WHERE approval.prefunding_id = prefunding.prefunding_id)
    UNION ALL
    SELECT 'ruling', 'number ' || ruling_id || ', instruction ' || instruction_id, maker,
           proposed_by, proposed_at, approve_until
      FROM ruling
     WHERE is_contradicted(instruction_id)
       AND NOT EXISTS (SELECT FROM ruling_approval AS approval
                        WHERE approval.ruling_id = ruling.ruling_id)
    UNION ALL
    SELECT 'suspense', 'number ' || clearing_id || ' of ' || item.participant, maker,
           proposed_by, proposed_at, approve_until
      FROM suspense_clearing AS asked
      JOIN suspense_item AS item USING (instruction_id)
     WHERE asked.amount_minor <= item.left_minor
       AND NOT EXISTS (SELECT FROM suspense_clearing_approval AS approval
                        WHERE approval.clearing_id = asked.clearing_id)
    UNION ALL
    SELECT 'account opening', account.code, maker, proposed_by, proposed_at, 'infinity'
      FROM account_opening AS opening
      JOIN account USING (account_id)
     WHERE NOT EXISTS (SELECT FROM account_opening_approval AS approval
                        WHERE approval.account_id = opening.account_id)
    UNION ALL
    SELECT CASE WHEN statement_id IS NULL THEN 'hold policy' ELSE 'held statement' END,
           lower(action) || ' '
           || CASE WHEN statement_id IS NULL
                   THEN code || coalesce(' of ' || (SELECT account.code FROM account
                                                     WHERE account.account_id
                                                           = proposal.account_id), '')
                   ELSE statement_id::text END,
           maker, proposed_by, proposed_at, expires_at
      FROM statement_proposal AS proposal
     WHERE NOT EXISTS (SELECT FROM statement_decision AS decision
                        WHERE decision.proposal_id = proposal.proposal_id)
       AND (statement_id IS NULL
            OR EXISTS (SELECT FROM statement AS held
                        WHERE held.statement_id = proposal.statement_id AND held.state = 'HELD'))
)
SELECT count(*) OVER () AS total, 0 AS still, false AS is_still, proposal, about,
       maker || CASE WHEN proposed_by = '' THEN '' ELSE ' (' || proposed_by || ')' END AS maker,
       proposed_at AS since, nullif(expires_at, 'infinity') AS expires_at
  FROM waiting
 WHERE expires_at > $1::timestamptz
 ORDER BY expires_at, proposed_at, about
 LIMIT $2::integer;
