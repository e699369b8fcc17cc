-- What each program does every day it may, and its neighbours' work it may not. The whole matrix is
-- compared in privileges.sql; here the roles really log in (SET SESSION AUTHORIZATION).
\ir lib/begin.sql

SELECT denies('sawa_ingest', 'give a leaf its index',
    'INSERT INTO audit_leaf VALUES (1, ''x'', sha256(''x''), 0)');
SELECT denies('sawa_ingest', 'read raw records of the past', 'SELECT FROM batch_raw');
SELECT denies('sawa_ingest', 'fold a delta', 'UPDATE window_delta SET fold_id = 1');
SELECT denies('sawa_ingest', 'insert a delta as folded',
    'INSERT INTO window_delta (window_id, commit_id, fold_id) VALUES (1, 1, 1)');
SELECT denies('sawa_ingest', 'move a window', 'UPDATE settlement_window SET state = ''CLOSED''');
SELECT denies('sawa_ingest', 'change a payment', 'UPDATE payment SET settlement_minor = 1');
SELECT denies('sawa_ingest', 'forget a parked record', 'DELETE FROM parked');
SELECT denies('sawa_ingest', 'forget a position', 'DELETE FROM position');
SELECT denies('sawa_ingest', 'rename a source', 'UPDATE source SET topic = ''x''');
SELECT denies('sawa_fx', 'write a payment', tap.variant('payment'));
SELECT denies('sawa_settle', 'write a payment', tap.variant('payment'));
SELECT denies('sawa_settle', 'move a position', 'UPDATE position SET next_offset = 999');
SELECT denies('sawa_settle', 'change a window''s cut-off',
    'UPDATE settlement_window SET cut_off = now()');
SELECT denies('sawa_statement', 'match', tap.variant('match'));
SELECT denies('sawa_reconcile', 'open an item again', 'UPDATE expected_item SET is_open = true');
SELECT denies('sawa_report', 'write what it reports on', tap.variant('statement_entry'));
SELECT denies('sawa_maker', 'approve', tap.variant('account_opening_approval'));
SELECT denies('sawa_maker', 'propose in another''s name',
    'INSERT INTO account_opening (account_id, maker) VALUES (1, ''x'')');
SELECT denies('sawa_checker', 'propose', tap.variant('account_opening'));
SELECT denies('sawa_checker', 'approve in another''s name',
    'INSERT INTO account_opening_approval (opening_id, checker) VALUES (1, ''x'')');
SELECT denies('sawa_corridor', 'change a version', 'UPDATE corridor SET limit_minor = 1');
SELECT denies('sawa_reader', 'write anything',
    'INSERT INTO transfer_seen VALUES (gen_random_uuid(), now())');
SELECT denies('sawa_replay', 'move a position',
    'UPDATE position SET next_offset = 999 WHERE partition = 0');
SELECT denies('sawa_replay', 'claim a position', 'UPDATE position SET epoch = epoch + 1');
SELECT denies('sawa_replay', 'act in another''s name',
    'INSERT INTO operator_action (commit_id, line, login) VALUES (2, 2, ''x'')');
SELECT denies('sawa_replay', 'change what was parked', 'UPDATE parked SET reason = ''x''');
SELECT denies('sawa_replay', 'forget a parked record', 'DELETE FROM parked');
SELECT denies('sawa_replay', 'park a record', tap.variant('parked'));
SELECT denies('sawa_replay', 'write a batch', tap.variant('batch'));
SELECT denies('sawa_ingest', 'decide on a parked record',
    'UPDATE parked SET state = ''DISCARDED'', decided_commit_id = 2');
SELECT denies('sawa_ingest', 'pass a gap', 'SELECT position_pass_gap(1, 0, 110, 120, 2)');
SELECT allows('sawa_replay', 'halt a position',
    'UPDATE position SET halt_reason = ''halted_by_operator'', halted_at = now()');
SELECT allows('sawa_replay', 'discard a parked record',
    'UPDATE parked SET state = ''DISCARDED'', decided_commit_id = 2');
SELECT is(position_pass_gap(1, 0, 110, 120, 2), false, 'no gap is passed while nothing is halted');
UPDATE position SET halt_reason = 'records_expired_before_they_were_read' WHERE partition = 0;
SELECT is(position_pass_gap(1, 0, 109, 120, 2), false,
    'nor from where the position does not stand');
SAVEPOINT passed;
SELECT is(position_pass_gap(1, 0, 110, 120, 2), true, 'a halted position passes its gap');
SELECT is((SELECT next_offset || ' ' || (halt_reason IS NULL) FROM position WHERE partition = 0),
    '120 true', 'and goes on behind it');
SELECT is((SELECT next_offset FROM accepted_gap WHERE partition = 0), 120::bigint,
    'the gap is recorded with it');
ROLLBACK TO passed;
UPDATE position SET halt_reason = NULL WHERE partition = 0;
SELECT denies(role_name, 'make a table', 'CREATE TABLE sawa.mine ()')
  FROM unnest(ARRAY['sawa_ingest', 'sawa_settle', 'sawa_reader']) AS role_name;
SELECT allows('sawa_settle', 'close a window',
    'UPDATE settlement_window SET state = ''CLOSING'', changed_at = now()');
SELECT allows('sawa_reconcile', 'write a match',
    'INSERT INTO match VALUES (gen_random_uuid(), 1, ''r'', ''CONFIRMED'', 0, 0, 0, now(), 2)');

SELECT is(ARRAY[(SELECT is_open FROM expected_item
                  WHERE expected_item_id = '50000000-0000-5000-8000-000000000001'),
                (SELECT is_open FROM statement_entry)],
    '{false,false}', 'match_member_closes: a member closes its side, though nobody may update it');

-- Logged in as ingest: one whole commit, in the order the loop writes it.
SET LOCAL SESSION AUTHORIZATION sawa_ingest;
SELECT partition AS locked FROM position WHERE partition = 0 AND epoch = 3 FOR UPDATE \gset
SELECT nextval('commit_id_seq') + 100 AS commit_id, nextval('batch_id_seq') + 100 AS batch_id \gset
INSERT INTO commit_log (commit_id, action, worker) VALUES (:commit_id, 'ingest', 'w');
INSERT INTO batch VALUES (:batch_id, :commit_id, 1, 0, 3, 110, 112, 2, 1, 0, 1, sha256('root'));
INSERT INTO payment (event_id, transfer_id, content_digest, acceptance_time, batch_id,
                     record_offset, window_id, instructed_minor, settlement_minor, event_day,
                     debtor_agent_id, creditor_agent_id, corridor_id, kind, channel, late,
                     instructed_currency, settlement_currency, transaction_id, end_to_end_id)
VALUES ('01900000-0000-7000-8000-000000000003', '10000000-0000-8000-8000-000000000003',
        '20000000-0000-8000-8000-000000000003', '2026-11-20 12:00Z', :batch_id, 110, :window_id,
        100, 100, '2026-11-20', 1, 2, 1, 1, 2, false, 'KES', 'KES', 'T-3', 'E-3');
INSERT INTO window_delta (window_id, commit_id, payment_count, late_count, gross_minor, debtor_ids,
                          creditor_ids, counts, minors, lock_ids)
VALUES (:window_id, :commit_id, 1, 0, 100, '{1}', '{2}', '{1}', '{100}', '{}');
INSERT INTO journal_entry VALUES (:commit_id, 1, 2, 3, 100, 'KES', '2026-11-20', NULL);
INSERT INTO parked (source_id, partition, record_offset, batch_id, reason, key_id, sealed)
VALUES (1, 0, 111, :batch_id, 'undecodable', 1, 'sealed');
INSERT INTO batch_raw VALUES ('2026-11-20', :batch_id, 1, 10, 'seed', 'sealed');
INSERT INTO audit_leaf (commit_id, leaf, leaf_hash) VALUES (:commit_id, 'leaf', sha256('leaf'));
UPDATE position SET next_offset = 112, moved_at = now()
 WHERE source_id = 1 AND partition = 0 AND epoch = 3 AND next_offset = 110;
SET CONSTRAINTS ALL IMMEDIATE;
SET LOCAL SESSION AUTHORIZATION DEFAULT;
SELECT is((SELECT next_offset FROM position WHERE source_id = 1 AND partition = 0), 112::bigint,
    'sawa_ingest, logged in, writes a whole commit');

SET LOCAL SESSION AUTHORIZATION sawa_reader;
SELECT throws_ok('SET ROLE sawa_owner', '42501', NULL, 'sawa_reader cannot become the owner');
SELECT throws_ok('SET ROLE sawa_ingest', '42501', NULL, 'nor another program');
SELECT lives_ok('CREATE TEMPORARY TABLE staging ()', 'it may stage rows');
SELECT lives_ok('SELECT FROM participant', 'and read reference data');
SET LOCAL SESSION AUTHORIZATION DEFAULT;

SELECT * FROM finish();
ROLLBACK;
