-- Whatever a program's own role may try: every move that is not drawn, one person for two, an entry
-- changed or booked in a closed period, a release above the limit. PostgreSQL refuses each by name;
-- what is legal passes. Here roles log in (SET SESSION AUTHORIZATION), as makers and checkers do.
\ir lib/begin.sql

-- What a statement does to a login, undone again: "00000", or the SQLSTATE and the constraint.
CREATE FUNCTION pg_temp.tried(login name, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    broken text;
BEGIN
    EXECUTE format('SET LOCAL SESSION AUTHORIZATION %I', login);
    EXECUTE statement;
    RAISE SQLSTATE 'ZZ000';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS broken = CONSTRAINT_NAME;
    RETURN CASE SQLSTATE WHEN 'ZZ000' THEN '00000' ELSE trim(SQLSTATE || ' ' || broken) END;
END
$$;

-- Logins of programs and people, one of them with the rights of maker and checker.
CREATE ROLE sawa_test_both LOGIN IN ROLE sawa_maker, sawa_checker;
CREATE TEMPORARY TABLE login AS
    SELECT rolname AS name FROM pg_roles WHERE rolname ~ '^sawa_' AND rolcanlogin;
SELECT cmp_ok((SELECT count(*) FROM login), '>=', 13::bigint, 'every program has a login');
GRANT SELECT ON login TO PUBLIC;

-- ---- every move ----

-- table | who moves it | trigger that refuses | the row, as a condition | another state's columns
CREATE TEMPORARY TABLE mover (of_table text, role_name name, guard text, of_row text, more text,
                              states text[]);
INSERT INTO mover VALUES
    ('payment_file', 'sawa_relay', 'payment_file_moves_along_its_arrows', 'true', '',
     '{PREPARED,RELEASED,WRITING,WRITTEN,CANCELLED}'),
    ('instruction', 'sawa_relay', 'instruction_moves_forward',
     'instruction_id = ''40000000-0000-5000-8000-000000000002''', '',
     '{PENDING,SENT,ACCEPTED,SETTLED,REJECTED}'),
    ('parked', 'sawa_replay', 'i1_parked_is_decided_once', 'true',
     ', decided_commit_id = CASE %L WHEN ''PARKED'' THEN NULL ELSE 2 END',
     '{PARKED,APPLIED,DUPLICATE,DISCARDED}'),
    ('statement_file', 'sawa_statement', 'statement_file_moves_once', 'true', '',
     '{LOADING,LOADED,REFUSED}'),
    ('break_item', 'sawa_reconcile', 'break_moves_forward', 'break_id = 1',
     ', closed_on = CASE %L WHEN ''RESOLVED'' THEN DATE ''2026-11-22'' END'
     ', closed_commit_id = CASE %1$L WHEN ''RESOLVED'' THEN 2 END',
     '{OPEN,ASSIGNED,PROPOSED,APPROVED,RESOLVED}');

CREATE TEMPORARY TABLE arrow (of_table text, from_state text, to_state text);
INSERT INTO arrow VALUES
    ('payment_file', 'PREPARED', 'RELEASED'), ('payment_file', 'RELEASED', 'WRITING'),
    ('payment_file', 'WRITING', 'WRITTEN'), ('payment_file', 'PREPARED', 'CANCELLED'),
    ('instruction', 'PENDING', 'SENT'), ('instruction', 'SENT', 'ACCEPTED'),
    ('instruction', 'SENT', 'SETTLED'), ('instruction', 'SENT', 'REJECTED'),
    ('instruction', 'ACCEPTED', 'SETTLED'), ('instruction', 'ACCEPTED', 'REJECTED'),
    ('parked', 'PARKED', 'APPLIED'), ('parked', 'PARKED', 'DUPLICATE'),
    ('parked', 'PARKED', 'DISCARDED'),
    ('statement_file', 'LOADING', 'LOADED'),
    ('break_item', 'OPEN', 'ASSIGNED'), ('break_item', 'ASSIGNED', 'PROPOSED'),
    ('break_item', 'PROPOSED', 'ASSIGNED'), ('break_item', 'OPEN', 'RESOLVED'),
    ('break_item', 'ASSIGNED', 'RESOLVED'), ('break_item', 'PROPOSED', 'RESOLVED'),
    ('break_item', 'APPROVED', 'RESOLVED');

CREATE FUNCTION pg_temp.move(of_table text, column_name text, to_state text, more text,
                             of_row text) RETURNS text LANGUAGE sql AS $$
    SELECT format('UPDATE %I SET %I = %L', of_table, column_name, to_state)
           || format(more, to_state) || ' WHERE ' || of_row
$$;

-- Puts a row into from_state, whatever its triggers say, and lets a login move it.
CREATE FUNCTION pg_temp.moves(one mover, login name, from_state text, to_state text) RETURNS text
    LANGUAGE plpgsql AS $$
DECLARE
    name text := CASE one.of_table WHEN 'instruction' THEN 'status' ELSE 'state' END;
    answer text;
BEGIN
    EXECUTE format('ALTER TABLE %I DISABLE TRIGGER USER', one.of_table);
    EXECUTE pg_temp.move(one.of_table, name, from_state, one.more, one.of_row);
    EXECUTE format('ALTER TABLE %I ENABLE TRIGGER USER', one.of_table);
    answer := pg_temp.tried(login, pg_temp.move(one.of_table, name, to_state, one.more,
                                                one.of_row));
    RETURN answer;
END
$$;

-- A file has what its release asks for: two people signed, one of them a checker.
SAVEPOINT moves;
SET CONSTRAINTS ALL IMMEDIATE;
INSERT INTO payment_file_signature
VALUES ('60000000-0000-5000-8000-000000000001', 'bob', 'bob', true, sha256('xml'), now(), 2);
SELECT is(pg_temp.moves(mover, role_name, before.name, after.name),
          CASE WHEN arrow.to_state IS NULL THEN '23514 ' || guard ELSE '00000' END,
          format('%s: %s %s to %s by %s', guard, mover.of_table, before.name, after.name,
                 role_name))
  FROM mover
 CROSS JOIN unnest(states) AS before (name)
 CROSS JOIN unnest(states) AS after (name)
  LEFT JOIN arrow ON arrow.of_table = mover.of_table AND from_state = before.name
                 AND to_state = after.name
 WHERE before.name <> after.name;
SELECT is(pg_temp.moves(mover, login.name, states[1], states[2]), '42501',
          format('%s: no move by %s', mover.of_table, login.name))
  FROM mover CROSS JOIN login
 WHERE login.name <> role_name;
ROLLBACK TO moves;
-- The moves of windows by sawa_settle are those of window_life.sql; nobody else has any.
SELECT is(pg_temp.tried(name, 'UPDATE settlement_window SET state = ''CLOSING'''), '42501',
          'settlement_window: no move by ' || name)
  FROM login WHERE name <> 'sawa_settle';
SELECT is(pg_temp.tried(name, statement), '42501', format('no hand of %s at %s', name, what))
  FROM login CROSS JOIN (VALUES
      ('a proposal to close', 'UPDATE period_proposal SET state = ''APPROVED'''),
      ('a period', 'UPDATE accounting_period SET state = ''REOPENED'''),
      ('a hold', 'UPDATE settlement_hold SET is_live = false'),
      ('a decision about the book', 'UPDATE corridor_decision SET decision = ''APPROVED'''),
      ('an item of a file', 'UPDATE payment_file_item SET cancelled = true'),
      ('the bytes of a file', 'UPDATE payment_file SET content = ''x'''),
      ('an amount', 'UPDATE instruction SET amount_minor = 1'),
      ('an expected item', 'UPDATE expected_item SET is_open = false'),
      ('a match', 'UPDATE match SET state = ''VOIDED'''),
      ('what is left in suspense', 'UPDATE suspense_balance SET left_minor = 0'),
      ('a clearing', 'UPDATE suspense_clearing SET amount_minor = 1'),
      ('a signature', 'DELETE FROM payment_file_signature'),
      ('a statement file', 'DELETE FROM statement_file'),
      ('an arrow', 'INSERT INTO window_transition VALUES (''OPEN'', ''SETTLED'', ''x'')'))
      AS one (what, statement);

-- ---- where they begin ----
ALTER TABLE break_item ALTER COLUMN break_id RESTART WITH 20; -- ids of the fixture are taken
SELECT is(pg_temp.tried('sawa_settle', variant('instruction', jsonb_build_object(
              'instruction_id', gen_random_uuid(), 'counterparty_id', 9, 'status', name,
              'end_to_end_id', repeat('f', 32)))),
          CASE name WHEN 'PENDING' THEN '00000' ELSE '23514 instruction_begins_pending' END,
          'instruction_begins_pending: one that begins ' || name)
  FROM unnest(ARRAY['PENDING', 'SENT', 'ACCEPTED', 'SETTLED', 'REJECTED']) AS name;
SELECT is(pg_temp.tried('sawa_reconcile', format(
              'INSERT INTO break_item (account_id, expected_item_id, type, state, digest,
                                       amount_minor, currency, opened_on, opened_commit_id)
               VALUES (1, ''50000000-0000-5000-8000-000000000003'', ''amount'', %L,
                       gen_random_uuid(), 1, ''KES'', ''2026-11-21'', 2)', name)),
          CASE name WHEN 'OPEN' THEN '00000' ELSE '23514 break_begins_open' END,
          'break_begins_open: one that begins ' || name)
  FROM unnest(ARRAY['OPEN', 'ASSIGNED', 'PROPOSED', 'APPROVED']) AS name;
SELECT is(pg_temp.tried('sawa_relay', variant('payment_file', '{"state": "RELEASED"}')), '42501',
          'a file that begins RELEASED');

-- ---- one person is not two ----

ALTER TABLE settlement_hold ALTER COLUMN hold_id RESTART WITH 20;
ALTER TABLE reinstruction ALTER COLUMN reinstruction_id RESTART WITH 20;
ALTER TABLE account_opening ALTER COLUMN opening_id RESTART WITH 20;
ALTER TABLE suspense_clearing ALTER COLUMN clearing_id RESTART WITH 20;
ALTER TABLE period_proposal ALTER COLUMN proposal_id RESTART WITH 20;
ALTER TABLE corridor_change ALTER COLUMN change_id RESTART WITH 200;
SELECT set_config('test.window_id', :'window_id', true) AS noted \gset

-- What came back is contradicted: a ruling is about that.
INSERT INTO payment_status
SELECT reply_id, 21, 'TRANSACTION', 'M-9', '40000000-0000-5000-8000-000000000009', 'RJCT', '', '',
       'CONTRADICTS' FROM payment_reply;

-- What the first person writes and what the second does; %L: the name each gives.
CREATE TEMPORARY TABLE approval (what text, guard text, made text, checked text);
INSERT INTO approval VALUES
    ('a hold is released', 'who_holds_does_not_release', $$
INSERT INTO settlement_hold (window_id, reason, held_by, commit_id)
VALUES (current_setting('test.window_id')::bigint, 'asked', %L, 2)$$, $$
INSERT INTO settlement_hold_release (hold_id, window_id, maker, held_by, released_by, reason,
                                     commit_id)
SELECT hold_id, window_id, login, held_by, %L, 'cleared', 2 FROM settlement_hold WHERE is_live$$),
    ('a payment is made again', 'maker_does_not_approve', $$
INSERT INTO reinstruction (window_id, settlement_date, reason, digest, proposed_by, commit_id)
SELECT id, '2026-11-24', 'corrected', reinstruction_digest(id, '2026-11-24'), %L, 2
  FROM (SELECT current_setting('test.window_id')::bigint AS id) AS one$$, $$
INSERT INTO reinstruction_approval (reinstruction_id, digest, maker, proposed_by, approved_by,
                                    commit_id)
SELECT reinstruction_id, digest, maker, proposed_by, %L, 2
  FROM reinstruction ORDER BY reinstruction_id DESC LIMIT 1$$),
    ('the book changes', 'maker_is_not_checker', $$
INSERT INTO corridor_change (definition, holidays, digest, reason, proposed_by, expires_at,
                             commit_id)
VALUES ('yaml', '', sha256('yaml'::bytea || '\x00'::bytea), 'why', %L,
        clock_timestamp() + interval '1 day', 2)$$, $$
INSERT INTO corridor_decision (change_id, decision, digest, maker, proposed_by, decided_by,
                               commit_id)
SELECT change_id, 'APPROVED', digest, maker, proposed_by, %L, 2
  FROM corridor_change ORDER BY change_id DESC LIMIT 1$$),
    ('a bank is believed', 'who_rules_does_not_approve', $$
INSERT INTO ruling (instruction_id, outcome, evidence, digest, proposed_by, commit_id)
SELECT id, 'PAID', 'letter', ruling_digest(id, 'PAID', 'letter'), %L, 2
  FROM (SELECT uuid '40000000-0000-5000-8000-000000000009' AS id) AS one$$, $$
INSERT INTO ruling_approval (ruling_id, digest, maker, proposed_by, approved_by, commit_id)
SELECT ruling_id, digest, maker, proposed_by, %L, 2 FROM ruling ORDER BY ruling_id DESC LIMIT 1$$),
    ('suspense is cleared', 'who_clears_does_not_approve', $$
INSERT INTO suspense_clearing (instruction_id, amount_minor, purpose, reason, digest, proposed_by,
                               commit_id)
SELECT instruction_id, left_minor, 'GAIN_LOSS', 'nobody claims it',
       suspense_digest(instruction_id, left_minor, 'GAIN_LOSS', NULL, NULL, '',
                       'nobody claims it'), %L, 2
  FROM suspense_item$$, $$
INSERT INTO suspense_clearing_approval (clearing_id, digest, maker, proposed_by, approved_by,
                                        commit_id)
SELECT clearing_id, digest, maker, proposed_by, %L, 2
  FROM suspense_clearing ORDER BY clearing_id DESC LIMIT 1$$),
    ('an account begins', 'maker_is_not_checker', $$
INSERT INTO account_opening (account_id, business_date, bank_minor, book_minor, bank_open_minor,
                             book_open_minor, currency, digest, proposed_by, commit_id)
VALUES (6, '2026-11-19', 100, 100, 0, 0, 'KES', sha256('x'), %L, 2)$$, $$
INSERT INTO account_opening_approval (opening_id, account_id, digest, maker, proposed_by,
                                      approved_by, commit_id)
SELECT opening_id, account_id, digest, maker, proposed_by, %L, 2
  FROM account_opening ORDER BY opening_id DESC LIMIT 1$$),
    ('a period closes', 'maker_is_not_checker', $$
INSERT INTO period_proposal (action, last_date, reason, valid_hours, proposed_by, commit_id)
VALUES ('CLOSE', '2021-12-31', '', 24, %L, 2)$$, $$
INSERT INTO period_decision (proposal_id, verdict, digest, decided_by, commit_id)
SELECT proposal_id, 'APPROVED', digest, %L, 2
  FROM period_proposal WHERE state = 'PROPOSED'$$);

CREATE FUNCTION pg_temp.approved(one approval, maker name, made_by text, checker name,
                                 checked_by text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.tried(maker, format(one.made, made_by) || format(
        '; SET LOCAL SESSION AUTHORIZATION %I; ', checker) || format(one.checked, checked_by))
$$;
SELECT is(pg_temp.approved(approval, 'sawa_test_both', '', 'sawa_test_both', ''),
          '23514 ' || guard, what || ': not by one login')
  FROM approval;
SELECT is(pg_temp.approved(approval, 'sawa_test_both', 'ann', 'sawa_test_both', 'bob'),
          '23514 ' || guard, what || ': not by one login under two names')
  FROM approval;
SELECT is(pg_temp.approved(approval, 'sawa_maker', 'ann', 'sawa_checker', 'ann'),
          '23514 ' || guard, what || ': not by one person with two logins')
  FROM approval;
SELECT is(pg_temp.approved(approval, 'sawa_maker', '', 'sawa_maker', ''),
          CASE what WHEN 'a hold is released' THEN '23514 ' || guard
                    WHEN 'the book changes' THEN '23514 decision_needs_its_role'
                    ELSE '42501' END, what || ': not by its maker')
  FROM approval;
SELECT is(pg_temp.approved(approval, 'sawa_maker', 'ann', 'sawa_checker', 'bob'), '00000',
          what || ': by two people')
  FROM approval;

-- ---- release: as many people as the sum asks for ----

CREATE FUNCTION pg_temp.signs(login name, signed_by text) RETURNS text LANGUAGE sql AS $$
    SELECT format('SET LOCAL SESSION AUTHORIZATION %I;
                   INSERT INTO payment_file_signature (file_id, signed_by, digest, commit_id)
                   VALUES (''60000000-0000-5000-8000-000000000001'', %L, sha256(''xml''), 2);',
                  login, signed_by)
$$;
CREATE FUNCTION pg_temp.releases() RETURNS text LANGUAGE sql AS $$
    SELECT 'SET LOCAL SESSION AUTHORIZATION sawa_relay;
            UPDATE payment_file SET state = ''RELEASED'''::text
$$;
ALTER TABLE payment_file_signature DISABLE TRIGGER USER;
DELETE FROM payment_file_signature;
ALTER TABLE payment_file_signature ENABLE TRIGGER USER;
SELECT is(pg_temp.tried('sawa_relay', signed || pg_temp.releases()), answer,
          'a file above the threshold: ' || what)
  FROM (VALUES
      ('released by nobody', '', '23514 release_needs_its_signatures'),
      ('by a checker alone', pg_temp.signs('sawa_checker', 'bob'),
       '23514 release_needs_its_signatures'),
      ('by a maker alone', pg_temp.signs('sawa_maker', 'ann'),
       '23514 release_needs_its_signatures'),
      ('by one login twice',
       pg_temp.signs('sawa_checker', 'bob') || pg_temp.signs('sawa_checker', 'ann'),
       '23505 maker_is_not_checker'),
      ('by one person with two logins (one_person_signs_once)',
       pg_temp.signs('sawa_maker', 'ann') || pg_temp.signs('sawa_checker', 'ann'),
       '23505 one_person_signs_once'),
      ('by the relay itself', pg_temp.signs('sawa_relay', 'x'), '42501'),
      ('by two people',
       pg_temp.signs('sawa_maker', 'ann') || pg_temp.signs('sawa_checker', 'bob'), '00000'))
      AS one (what, signed, answer);
SELECT is(pg_temp.tried('sawa_checker',
    'INSERT INTO journal_entry VALUES (2, 1, 2, 3, 1, ''KES'', ''2026-11-20'', NULL)'),
    '23514 i2_checkers_book_by_approval', 'an entry that no approval says');
SELECT is(pg_temp.tried('sawa_checker',
    'INSERT INTO prefunding_approval (prefunding_id, participant_id, amount_minor, currency, maker,
                                      proposed_by, commit_id)
     VALUES (1, 1, 1000, ''KES'', ''ann'', '''', 2);
     INSERT INTO journal_entry VALUES (2, 1, 1, 3, 1000, ''KES'', ''2026-11-20'', NULL)'),
    '23514 i2_checkers_book_by_approval', 'an entry beside what was approved');
SELECT is(pg_temp.tried(name, pg_temp.signs(name, 'x')),
          CASE WHEN name IN ('sawa_maker', 'sawa_checker', 'sawa_test_both') THEN '00000'
               ELSE '42501' END, 'signatures by ' || name)
  FROM login;

-- A file by another profile than the one in force, or of another day, or for longer.
CREATE FUNCTION pg_temp.stores(changed jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT format('INSERT INTO instruction (instruction_id, window_id, participant_id,
                       counterparty_id, direction, account_id, amount_minor, currency,
                       settlement_date, end_to_end_id, commit_id)
                   SELECT ''40000000-0000-5000-8000-00000000000b'', window_id, 2, 9, ''PAY'', 1,
                          700, ''KES'', ''2026-11-21'', repeat(''9'', 32), 2
                     FROM settlement_window LIMIT 1;
                   SET LOCAL SESSION AUTHORIZATION sawa_relay;
                   INSERT INTO payment_file (file_id, account_id, profile_version, message_id,
                       settlement_date, currency, transaction_count, control_sum_minor, content,
                       digest, schema_checked, signatures_needed, prepared_at, release_until,
                       commit_id)
                   SELECT file_id, account_id, profile_version, replace(file_id::text, ''-'', ''''),
                          settlement_date, currency, transaction_count, control_sum_minor, content,
                          digest, schema_checked, signatures_needed, prepared_at, release_until, 2
                     FROM jsonb_populate_record((SELECT one FROM payment_file AS one LIMIT 1), %L);
                   INSERT INTO payment_file_item (file_id, line, instruction_id)
                   VALUES (''60000000-0000-5000-8000-000000000009'', 1,
                           ''40000000-0000-5000-8000-00000000000b'');
                   SET CONSTRAINTS ALL IMMEDIATE',
                  '{"file_id": "60000000-0000-5000-8000-000000000009"}'::jsonb || changed)
$$;
SAVEPOINT profiles;
SELECT is(pg_temp.tried('sawa_settle', pg_temp.stores('{}')), '00000', 'a file of now');
SELECT is(pg_temp.tried('sawa_settle', pg_temp.stores('{"signatures_needed": 1}')),
          '23514 signatures_follow_the_profile', 'a file that asks for fewer people');
SELECT is(pg_temp.tried('sawa_settle', pg_temp.stores(jsonb_build_object(
              'release_until', now() + interval '2 days'))),
          '23514 profile_is_in_force',
          'profile_is_in_force: a file that may be released for longer');
SELECT is(pg_temp.tried('sawa_settle', pg_temp.stores(jsonb_build_object(
              'prepared_at', now() - interval '1 day'))),
          '23514 profile_is_in_force', 'profile_is_in_force: a file of yesterday');
INSERT INTO bank_profile
SELECT account_id, 2, '2026-02-01', message, own_name, own_bic, settlement_method,
       transactions_max, uetr, 9000000000, true, release_hours, answer_hours, schema_check
  FROM bank_profile;
SELECT is(pg_temp.tried('sawa_settle', pg_temp.stores('{}')), '23514 profile_is_in_force',
          'a file by the profile before');
SELECT is(pg_temp.tried('sawa_settle', pg_temp.stores(
              '{"profile_version": 2, "signatures_needed": 0}')), '00000',
          'a file by the profile in force');
ROLLBACK TO profiles;

-- What is in a file is settled before it is released.
SELECT is(pg_temp.tried('sawa_relay', variant('payment_file_item')), '42501',
          'an item that does not count, as if its file were cancelled');
SAVEPOINT items;
INSERT INTO instruction (instruction_id, window_id, participant_id, counterparty_id, direction,
                         account_id, amount_minor, currency, settlement_date, end_to_end_id,
                         commit_id)
SELECT '40000000-0000-5000-8000-00000000000b', window_id, 2, 9, 'PAY', 1, 5, 'KES', '2026-11-21',
       repeat('9', 32), 2
  FROM settlement_window LIMIT 1;
CREATE FUNCTION pg_temp.adds() RETURNS text LANGUAGE sql AS $$
    SELECT 'SET LOCAL SESSION AUTHORIZATION sawa_relay;
            INSERT INTO payment_file_item (file_id, line, instruction_id)
            VALUES (''60000000-0000-5000-8000-000000000001'', 2,
                    ''40000000-0000-5000-8000-00000000000b'');'::text
$$;
SELECT is(pg_temp.tried('sawa_relay', pg_temp.signs('sawa_maker', 'ann')
              || pg_temp.signs('sawa_checker', 'bob') || pg_temp.adds() || pg_temp.releases()),
          '23514 i3_control_sum_is_of_its_items',
          'i3_released_is_of_its_items: a file that grew since it was signed is not released');
SELECT is(pg_temp.tried('sawa_relay', pg_temp.signs('sawa_maker', 'ann')
              || pg_temp.signs('sawa_checker', 'bob') || pg_temp.releases() || ';'
              || pg_temp.adds()),
          '23514 items_come_before_release',
          'items_come_before_release: an item of a file that is released');
ROLLBACK TO items;

-- ---- the books ----

SELECT is(pg_temp.tried(name, statement), '42501', format('%s: no %s', name, statement))
  FROM login CROSS JOIN unnest(ARRAY['UPDATE journal_entry SET amount_minor = 1',
                                     'UPDATE journal_entry SET booking_date = ''2026-11-21''',
                                     'DELETE FROM journal_entry', 'TRUNCATE journal_entry',
                                     'DELETE FROM commit_log',
                                     'UPDATE net_proof SET gross_minor = 1',
                                     'UPDATE obligation SET amount_minor = 1'])
             AS statement;
SELECT is(pg_temp.tried(name, statement), '55000',
          format('%s: no %s, which is a view of both sides', name, statement))
  FROM login CROSS JOIN unnest(ARRAY['UPDATE posting SET debit_minor = 1', 'DELETE FROM posting',
                                     'INSERT INTO posting VALUES (1, 9, 2, 1, 0)']) AS statement;
CREATE TEMPORARY TABLE booking AS
    SELECT name, has_table_privilege(name, 'journal_entry', 'INSERT') AS books FROM login;
SELECT is(pg_temp.tried(name, format('INSERT INTO journal_entry VALUES (2, 9, 2, 3, 1, ''KES'',
                                                                       %L, NULL)', day)),
          CASE WHEN NOT books THEN '42501' WHEN day <= '2020-12-31'
               THEN '55000 closed_periods_take_no_entry'
               WHEN name IN ('sawa_checker', 'sawa_test_both')
               THEN '23514 i2_checkers_book_by_approval' ELSE '00000' END,
          format('%s: an entry of %s, where 2020 is closed', name, day))
  FROM booking CROSS JOIN unnest(ARRAY['1999-01-01', '2020-12-31', '2021-01-01']::date[]) AS day;
SELECT is((SELECT string_agg(replace(name, 'sawa_', ''), ' ' ORDER BY name) FROM booking
            WHERE books), 'checker ingest replay settle test_both', 'who may book at all');

SELECT * FROM finish();
ROLLBACK;
