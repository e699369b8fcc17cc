-- The periods of the books, oldest first; the last row is what is open. A proposal that stands is
-- told with the period it is about, or with what is open.
WITH standing AS (
    SELECT last_date, action, maker, proposed_by, proposed_at, expires_at,
           encode(digest, 'hex') AS digest
      FROM period_proposal
     WHERE state = 'PROPOSED'
), period AS (
    SELECT after_date, last_date, state, encode(digest, 'hex') AS digest, proposal_id
      FROM accounting_period
    UNION ALL
    SELECT (SELECT max(last_date) FROM accounting_period), NULL, 'OPEN', '', NULL
)
SELECT period.after_date + 1 AS first_date, period.last_date, period.state,
       coalesce(nullif(proposal.proposed_by, ''), proposal.maker, '') AS maker,
       coalesce(nullif(decision.decided_by, ''), decision.checker, '') AS checker,
       decision.decided_at, period.digest,
       CASE WHEN standing.action IS NOT NULL
            THEN lower(standing.action) || ' up to ' || to_char(standing.last_date, 'YYYY-MM-DD')
                 || ' proposed by ' || coalesce(nullif(standing.proposed_by, ''), standing.maker)
                 || CASE WHEN standing.expires_at < clock_timestamp() THEN ', expired'
                         ELSE ', waits for a second person' END
            ELSE '' END AS note
  FROM period
  LEFT JOIN period_proposal AS proposal USING (proposal_id)
  LEFT JOIN period_decision AS decision USING (proposal_id)
  LEFT JOIN standing
    ON standing.last_date = period.last_date
    OR (period.state = 'OPEN'
        AND NOT EXISTS (SELECT FROM accounting_period AS known
                         WHERE known.last_date = standing.last_date))
 ORDER BY period.last_date NULLS LAST;
