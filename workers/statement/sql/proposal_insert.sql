-- Propose what becomes of a held statement, or of statements with a finding.
--   $1 action text, $2 statement_id bigint or null, $3 code text or null, $4 account text or '',
--   $5 reason text, $6 proposed_by text, $7 commit_id bigint
INSERT INTO statement_proposal (action, statement_id, code, account_id, reason, proposed_by,
                                commit_id)
VALUES ($1::text, $2::bigint, $3::text, (SELECT account_id FROM account WHERE code = $4::text),
        $5::text, $6::text, $7::bigint)
RETURNING proposal_id, maker, expires_at;
