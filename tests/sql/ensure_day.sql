-- Partitions made ahead: once, for two tables only, and in the owner's name.
\ir lib/begin.sql

SELECT is(ensure_day('payment', '2027-01-31'), true, 'the first call makes the partition');
SELECT is(ensure_day('payment', '2027-01-31'), false, 'the second finds it');
SELECT is(ensure_day('batch_raw', '2027-01-31'), true, 'the other table has its own');
SELECT allows('sawa_ingest', 'make a day', 'SELECT ensure_day(''payment'', ''2027-02-01'')');
SELECT allows('sawa_fx', 'make a day', 'SELECT ensure_day(''batch_raw'', ''2027-02-01'')');
SELECT allows('sawa_statement', 'make a day', 'SELECT ensure_day(''batch_raw'', ''2027-02-01'')');
SELECT denies(role_name, 'make a day', 'SELECT sawa.ensure_day(''payment'', ''2027-02-01'')')
  FROM unnest(ARRAY['sawa_settle', 'sawa_reconcile', 'sawa_report',
                    'sawa_corridor', 'sawa_maker', 'sawa_checker', 'sawa_reader']) AS role_name;

SELECT throws_ok($$SELECT ensure_day('journal_entry', '2027-01-31')$$, '22023', NULL,
    'refuses another table');
SELECT throws_ok($$SELECT ensure_day('payment; DROP TABLE payment', '2027-01-31')$$, '22023', NULL,
    'refuses what is no table at all');
SELECT throws_ok($$SELECT ensure_day(NULL, '2027-01-31')$$, '22023', NULL, 'refuses no table');
SELECT throws_ok(format('SELECT ensure_day(''payment'', %L)', day), '22008', NULL,
                 format('refuses the day %s', coalesce(day, 'NULL')))
  FROM unnest(ARRAY['1999-12-31', '2200-01-01', 'infinity', '-infinity', NULL]) AS day;

SELECT is((SELECT relowner::regrole::text FROM pg_class WHERE oid = 'payment_20270131'::regclass),
    'sawa_owner', 'the partition belongs to sawa_owner');
SELECT is((SELECT relacl FROM pg_class WHERE oid = 'payment_20270131'::regclass), NULL,
    'and is granted to nobody');
SELECT denies('sawa_ingest', 'write past the parent',
    'INSERT INTO payment_20270131 DEFAULT VALUES');
SELECT denies('sawa_reader', 'read past the parent', 'SELECT FROM payment_20270131');
SELECT is((SELECT pg_get_expr(relpartbound, oid) FROM pg_class
            WHERE oid = 'payment_20270131'::regclass),
    'FOR VALUES FROM (''2027-01-31'') TO (''2027-02-01'')', 'it holds one day, half open');
SELECT is((SELECT count(*) FROM pg_index
            WHERE indrelid = 'payment_20270131'::regclass),
          (SELECT count(*) FROM pg_index WHERE indrelid = 'payment'::regclass),
    'it has the indexes of its parent, and none twice');
SELECT is((SELECT attstorage FROM pg_attribute
            WHERE attrelid = 'batch_raw_20270131'::regclass AND attname = 'sealed'), 'e',
    'sealed bytes are not compressed a second time');
SELECT is_empty($$SELECT partrelid FROM pg_partitioned_table WHERE partdefid <> 0$$,
    'no table has a default partition');

SET LOCAL ROLE sawa_owner;
ALTER TABLE payment DETACH PARTITION payment_20270131;
RESET ROLE;
SELECT throws_ok($$SELECT ensure_day('payment', '2027-01-31')$$, '55000', NULL,
    'says so when the day''s table is there but detached');

SELECT * FROM finish();
ROLLBACK;
