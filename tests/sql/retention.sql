-- What may go and what holds it: the database decides, whatever a program believes. And who may.
\ir lib/begin.sql

-- ---- days that were let go are not made again ----
SELECT is(ensure_day('payment', '2026-06-01'), false, 'a day that was let go is not made again');
SELECT is(ensure_day('payment', '2026-05-31'), false, 'nor one that is older');
SELECT is(to_regclass('payment_20260601'), NULL, 'and there is no table of it');
SELECT is(ensure_day('payment', '2026-06-02'), true, 'the next day is');
SELECT is(ensure_day('batch_raw', '2026-06-01'), true, 'and the same day of another table');

-- ---- what holds a day of payments ----
SELECT ensure_day('payment', '2026-06-10');
INSERT INTO payment
SELECT (jsonb_populate_record(base, '{"event_day": "2026-06-10",
        "event_id": "01900000-0000-7000-8000-000000000021",
        "transfer_id": "10000000-0000-8000-8000-000000000021"}')).*
  FROM payment AS base WHERE event_day = '2026-11-20';
INSERT INTO transfer_seen VALUES (gen_random_uuid(), '2026-06-12', '2026-06-10'),
                                 (gen_random_uuid(), '2026-06-10', '2026-06-11');
SELECT set_eq($$SELECT hold FROM day_holds('payment', '2026-06-10')$$,
    $$VALUES ('window_not_settled'), ('break_open'), ('leaf_pending')$$,
    'an open window, an open break and a pending leaf hold a day');
SELECT throws_ok($$SELECT day_expire('payment', '2026-06-10', 2)$$, '23001', NULL,
    'a day that is held does not go');
-- Not along the arrows: what holds a day is asked of any state.
ALTER TABLE settlement_window DISABLE TRIGGER window_moves_along_its_arrows;
UPDATE settlement_window SET state = 'SETTLED';
SELECT set_eq($$SELECT hold FROM day_holds('payment', '2026-06-10')$$,
    $$VALUES ('break_open'), ('leaf_pending')$$, 'a settled window no longer does');
UPDATE break_item SET state = 'RESOLVED', closed_on = '2026-11-22', closed_commit_id = 2
 WHERE entry_id IS NULL;
SELECT set_eq($$SELECT hold FROM day_holds('payment', '2026-06-10')$$,
    $$VALUES ('leaf_pending')$$, 'nor a resolved break');
INSERT INTO break_candidate
VALUES (2, 1, '50000000-0000-5000-8000-000000000001', NULL, 'amount');
SELECT set_eq($$SELECT hold FROM day_holds('payment', '2026-06-10')$$,
    $$VALUES ('break_open'), ('leaf_pending')$$, 'an open break whose candidate it is does');
DELETE FROM break_candidate WHERE break_id = 2;
UPDATE expected_item SET is_open = true;
SELECT set_eq($$SELECT hold FROM day_holds('payment', '2026-06-10')$$,
    $$VALUES ('item_open'), ('leaf_pending')$$, 'an expected item that is open does');
UPDATE expected_item SET is_open = false;
UPDATE audit_leaf SET leaf_index = commit_id;
SELECT is_empty($$SELECT * FROM day_holds('payment', '2026-06-10')$$, 'then nothing holds it');

-- ---- how it goes ----
SELECT throws_ok(format('SELECT day_expire(''payment'', %L, 2)', current_date - 2), '22008', NULL,
    'the last week stays, whatever holds it');
SELECT throws_ok($$SELECT day_expire('journal_entry', '2026-06-10', 2)$$, '22023', NULL,
    'no other table is touched');
SELECT is(day_expire('payment', '2026-06-10', 2), 1::bigint, 'it goes, with its row');
SELECT throws_ok($$SELECT day_expire('payment', '2026-06-10', 2)$$, '23505', NULL,
    'it goes once');
SELECT is((SELECT (debtor_id, creditor_id, payment_count, amount_minor)::text
             FROM expired_payment_total WHERE day = '2026-06-10'), '(1,2,1,100)',
    'what its payments added up to stays');
SELECT is((SELECT count(*) FROM transfer_seen WHERE accepted_on = '2026-06-10'), 0::bigint,
    'transfers accepted then are refused from now on, so they are forgotten');
SELECT is((SELECT count(*) FROM transfer_seen WHERE accepted_on = '2026-06-11'), 1::bigint,
    'those accepted later are not, whatever day they stand under');
SELECT is(day_drop('payment', '2026-06-10'), false, 'what is attached is not dropped');
SELECT is(day_drop('payment', '2026-11-20'), false, 'nor what nobody let go');
SET LOCAL ROLE sawa_owner;
ALTER TABLE payment DETACH PARTITION payment_20260610;
RESET ROLE;
SAVEPOINT a_row_more;
INSERT INTO payment_20260610
SELECT (jsonb_populate_record(base, '{"event_id": "01900000-0000-7000-8000-000000000022",
        "transfer_id": "10000000-0000-8000-8000-000000000022"}')).* FROM payment_20260610 AS base;
SELECT throws_ok($$SELECT day_drop('payment', '2026-06-10')$$, '23001', NULL,
    'a table with a row that nobody decided on stays');
ROLLBACK TO a_row_more;
SELECT is(day_drop('payment', '2026-06-10'), true, 'detached, it is dropped');
SELECT is(to_regclass('payment_20260610'), NULL, 'and gone');
SELECT is((SELECT dropped_at IS NOT NULL FROM expired_day WHERE day = '2026-06-10'), true,
    'which is noted');
SELECT is(day_drop('payment', '2026-06-10'), false, 'a second time there is nothing to do');

-- ---- what holds a day of raw records ----
UPDATE audit_leaf SET leaf_index = NULL;
UPDATE settlement_window SET state = 'OPEN';
SELECT set_eq($$SELECT hold FROM day_holds('batch_raw', '2026-11-20')$$,
    $$VALUES ('window_not_settled'), ('leaf_pending'), ('exported_before_it_was_whole'),
             ('parked_hash_missing')$$,
    'an open window, pending leaves, a file that is not whole and a hash that is not noted do');
INSERT INTO archive_file (day, number, name, sha256, size, batch_count, record_count, commit_id)
SELECT '2026-11-20', 2, 'batch_raw-2026-11-20.2.sawa', sha256('file 2'), 100, count(*), 10, 2
  FROM batch_raw WHERE stored_on = '2026-11-20';
UPDATE audit_leaf SET leaf_index = commit_id;
UPDATE settlement_window SET state = 'SETTLED';
SELECT parked_note_hash(source_id, partition, record_offset, sha256('record')) FROM parked;
SELECT is_empty($$SELECT * FROM day_holds('batch_raw', '2026-11-20')$$,
    'settled, sealed, in a whole file and with the hash, it may go');
SELECT ensure_day('batch_raw', '2026-06-10');
INSERT INTO batch_raw SELECT '2026-06-10', batch_id, key_id, plain_size, seed, sealed
  FROM batch_raw WHERE stored_on = '2026-11-20';
SELECT set_eq($$SELECT hold FROM day_holds('batch_raw', '2026-06-10')$$,
    $$VALUES ('not_exported')$$, 'a day without a file does not');

-- ---- parked records ----
SELECT is(parked_erase(source_id, partition, record_offset, 2), false,
    'a record that waits for a decision keeps its bytes') FROM parked;
UPDATE parked SET state = 'DISCARDED', decided_commit_id = 2;
SELECT parked_note_hash(source_id, partition, record_offset, sha256('other')) FROM parked;
SELECT is((SELECT record_hash FROM parked), sha256('record'), 'a hash is noted once');
SELECT is(parked_erase(source_id, partition, record_offset, 2), true, 'decided on, they go')
  FROM parked;
SELECT is((SELECT reason <> '' AND sealed IS NULL AND erased_at IS NOT NULL FROM parked), true,
    'place, reason and hash stay');
SELECT is(parked_erase(source_id, partition, record_offset, 2), false, 'once') FROM parked;

-- ---- who may ----
SELECT denies('sawa_archive', 'read payments', 'SELECT FROM payment');
SELECT denies('sawa_archive', 'drop a day', 'DROP TABLE payment_20261120');
SELECT denies('sawa_archive', 'say that a day was let go',
    'INSERT INTO expired_day VALUES (''payment'', ''2026-11-20'', 0, 0, 2)');
SELECT denies('sawa_archive', 'forget raw records', 'DELETE FROM batch_raw');
SELECT denies('sawa_archive', 'erase past the function', 'UPDATE parked SET sealed = NULL');
SELECT denies('sawa_archive', 'export in another''s name',
    'INSERT INTO archive_file (day, number, login) VALUES (''2026-11-20'', 3, ''x'')');
SELECT denies('sawa_archive', 'ask past day_holds', 'SELECT payment_day_holds(''2026-11-20'')');
SELECT allows('sawa_archive', 'see what holds a day',
    'SELECT day_holds(''payment'', ''2026-11-20'')');
SELECT denies(role_name, 'let a day go', 'SELECT sawa.day_expire(''payment'', ''2026-06-11'', 2)')
  FROM unnest(ARRAY['sawa_ingest', 'sawa_settle', 'sawa_replay', 'sawa_reader',
                    'sawa_checker']) AS role_name;
SELECT allows('sawa_ingest', 'ask what was let go', 'SELECT FROM expired_day');

SELECT * FROM finish();
ROLLBACK;
