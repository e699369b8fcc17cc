-- A decision that lets the rest of this transaction write rows of the corridor book, as if they
-- stood in the document of the first corridor: for tests that need a row and no book.
WITH logged AS (
    INSERT INTO sawa.commit_log (commit_id, action, worker)
    VALUES ((1::bigint << 40) + nextval('sawa.commit_id_seq'), 'corridor_approval', 'test')
    RETURNING commit_id
), leaf AS (
    INSERT INTO sawa.audit_leaf (commit_id, leaf, leaf_hash)
    SELECT commit_id, 'test', sha256('test') FROM logged
), document AS (
    SELECT coalesce((SELECT definition FROM sawa.corridor ORDER BY corridor_id, version LIMIT 1),
                    '') AS definition
), change AS (
    INSERT INTO sawa.corridor_change (definition, holidays, digest, reason, maker, expires_at,
                                      commit_id)
    SELECT definition, '', sha256(convert_to(definition, 'UTF8') || '\x00'::bytea), 'test', 'test',
           clock_timestamp() + interval '1 day', commit_id
      FROM logged, document
    RETURNING *
)
INSERT INTO sawa.corridor_decision (change_id, decision, digest, maker, commit_id)
SELECT change_id, 'APPROVED', digest, maker, commit_id FROM change;
