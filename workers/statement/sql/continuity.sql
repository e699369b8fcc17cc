-- Note it where a statement does not begin where the one before ended.
--   $1 statement_id bigint
INSERT INTO finding (file_id, statement_id, code, severity, entry, line, finding)
SELECT this.file_id, this.statement_id, 'continuity_broken', 'warning', 0, 0,
       format('opening balance of %s differs from the closing balance of %s before it',
              this.opening_date, before.closing_date)
  FROM statement AS this
 CROSS JOIN LATERAL (SELECT closing_minor, closing_date
                       FROM statement AS earlier
                      WHERE earlier.account_id = this.account_id AND earlier.state = 'LOADED'
                        AND earlier.statement_id <> this.statement_id
                        AND (earlier.closing_date, earlier.page) < (this.closing_date, this.page)
                      ORDER BY earlier.closing_date DESC, earlier.page DESC
                      LIMIT 1) AS before
 WHERE this.statement_id = $1::bigint AND this.opening_minor <> before.closing_minor
   AND NOT EXISTS (SELECT FROM finding
                    WHERE finding.statement_id = this.statement_id
                      AND code = 'continuity_broken');
