-- A bank that says the opposite of what was final opens a break; two people say which word is true,
-- and what follows is booked in their transaction. The fixture's rejected instruction of 600 is
-- what the bank says it made after all.
\ir lib/begin.sql

CREATE FUNCTION pg_temp.says(line integer, of_instruction text, status text) RETURNS text
    LANGUAGE sql AS $$
    SELECT format('INSERT INTO payment_status
                   SELECT reply_id, %s, ''TRANSACTION'', ''M-1'',
                          ''40000000-0000-5000-8000-00000000000%s'', %L, '''', '''', ''CONTRADICTS''
                     FROM payment_reply;', line, of_instruction, status)
$$;
CREATE FUNCTION pg_temp.rules(changed jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
    SELECT format('INSERT INTO ruling (ruling_id, instruction_id, outcome, evidence, digest, maker,
                                       proposed_by, approve_until, commit_id)
                   OVERRIDING SYSTEM VALUE
                   SELECT ruling_id, instruction_id, outcome, evidence,
                          coalesce(digest, ruling_digest(instruction_id, outcome, evidence)), maker,
                          proposed_by, approve_until, 2
                     FROM jsonb_populate_record(NULL::ruling, %L);',
                  jsonb_build_object('ruling_id', 1,
                      'instruction_id', '40000000-0000-5000-8000-000000000003', 'outcome', 'PAID',
                      'evidence', 'letter of 24 November', 'maker', 'ann', 'proposed_by', '',
                      'approve_until', clock_timestamp() + interval '1 day') || changed)
$$;
CREATE FUNCTION pg_temp.approves(changed jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
    SELECT format('INSERT INTO ruling_approval (ruling_id, digest, maker, proposed_by, checker,
                                                approved_by, commit_id)
                   SELECT one.ruling_id, coalesce(one.digest, asked.digest), one.maker,
                          one.proposed_by, one.checker, one.approved_by, one.commit_id
                     FROM jsonb_populate_record(NULL::ruling_approval, %L) AS one
                     LEFT JOIN ruling AS asked USING (ruling_id);',
                  '{"ruling_id": 1, "maker": "ann", "proposed_by": "", "checker": "bob",
                    "approved_by": "", "commit_id": 2}'::jsonb || changed)
$$;
CREATE FUNCTION pg_temp.books(minor bigint DEFAULT 0, days integer DEFAULT 0) RETURNS text
    LANGUAGE sql AS $$
    SELECT format('INSERT INTO journal_entry
                   SELECT commit_id, 1, debit_account_id, credit_account_id, amount_minor + %s,
                          currency, booked_on + %s, window_id
                     FROM ruling_booking;', minor, days)
$$;
CREATE FUNCTION pg_temp.expects(changed jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
    SELECT format('INSERT INTO expected_item (expected_item_id, account_id, ruling_id, window_id,
                       amount_minor, currency, book_date, value_date, due_date, commit_id)
                   SELECT gen_random_uuid(), one.account_id, one.ruling_id, w.window_id,
                          one.amount_minor, one.currency, one.book_date, ''2026-11-21'',
                          ''2026-11-24'', 2
                     FROM jsonb_populate_record(NULL::expected_item, %L) AS one,
                          settlement_window AS w;',
                  '{"account_id": 1, "ruling_id": 1, "amount_minor": 600, "currency": "KES",
                    "book_date": "2026-11-22"}'::jsonb || changed)
$$;

-- ---- a break ----
SELECT ok(NOT is_contradicted('40000000-0000-5000-8000-000000000003'), 'nobody contradicts it');
SELECT refuses('ruled_is_what_is_contradicted', '23514', 'what no bank contradicts',
    pg_temp.rules());
SELECT allows('sawa_relay', 'store what a bank said, which opens a break',
    pg_temp.says(2, '3', 'ACSC'));
SELECT pg_temp.says(2, '3', 'ACSC') AS statement \gset
:statement
SELECT results_eq($$SELECT type, state, amount_minor, account_id, opened_commit_id
                      FROM break_item WHERE instruction_id IS NOT NULL$$,
    $$VALUES ('contradiction', 'OPEN', 600::bigint, 1, 2::bigint)$$,
    'a_contradiction_opens_a_break: of the instruction, as its item is signed');
SELECT ok(is_contradicted('40000000-0000-5000-8000-000000000003'), 'it stands');
SELECT refuses('a_contradiction_is_one_break', '23505', 'twice for one word',
    'INSERT INTO break_item (account_id, instruction_id, reply_id, reply_line, type, digest,
                             amount_minor, currency, opened_on, opened_commit_id)
     SELECT account_id, instruction_id, reply_id, reply_line, type, digest, amount_minor, currency,
            opened_on, opened_commit_id FROM break_item WHERE instruction_id IS NOT NULL');
SELECT refuses('a_contradiction_names_its_answer', '23514', 'of an item, without an answer',
    'UPDATE break_item SET type = ''contradiction'' WHERE break_id = 1');
SELECT refuses('a_contradiction_names_its_answer', '23514', 'of an item, with an answer',
    'UPDATE break_item SET (reply_id, reply_line)
                         = (SELECT reply_id, line FROM payment_status WHERE line = 1)
      WHERE break_id = 1');
SELECT refuses('break_item_is_one_thing', '23514', 'of an item and of a contradiction',
    'ALTER TABLE break_item DISABLE TRIGGER USER;
     UPDATE break_item SET entry_id = ''60000000-0000-5000-8000-000000000001''
      WHERE instruction_id IS NOT NULL');
SELECT refuses('break_type_known', '23514', 'of no known type',
    'UPDATE break_item SET type = ''x'' WHERE break_id = 1');
SELECT is((SELECT state || ' ' || broken FROM tap.attempt('sawa_reconcile', format(
              'UPDATE break_item SET state = %L, closed_on = %L, closed_commit_id = %s
                WHERE instruction_id IS NOT NULL', to_state, closed_on,
              CASE WHEN closed_on IS NULL THEN 'NULL' ELSE '2' END))),
          '23514 contradictions_move_by_ruling', 'a match makes no contradiction ' || to_state)
  FROM (VALUES ('ASSIGNED', NULL::date), ('RESOLVED', '2026-12-24')) AS one (to_state, closed_on);
SELECT is((SELECT state || ' ' || broken FROM tap.attempt('sawa_reconcile',
              'INSERT INTO break_item (account_id, instruction_id, reply_id, reply_line, type,
                                       digest, amount_minor, currency, opened_on, opened_commit_id)
               SELECT account_id, instruction_id, reply_id, 1, type, digest, amount_minor, currency,
                      opened_on, opened_commit_id
                 FROM break_item WHERE instruction_id IS NOT NULL')),
          '23514 a_contradiction_is_what_was_said',
          'a_contradiction_is_what_was_said: nobody opens one of what no bank said');

-- ---- proposed ----
SELECT allows('sawa_owner', 'rule that it was paid', pg_temp.rules());
SELECT refuses('ruling_names_its_evidence', '23514', 'by nobody''s word',
    pg_temp.rules('{"evidence": " "}'));
SELECT refuses('maker_of_a_ruling', '23505', 'the same under the same number',
    'ALTER TABLE ruling_approval DROP CONSTRAINT ruling_approver_names_the_maker;
     ALTER TABLE ruling DROP CONSTRAINT ruling_pkey;' || pg_temp.rules() || pg_temp.rules());
SELECT refuses('ruled_is_what_is_contradicted', '23514', 'by another digest',
    pg_temp.rules('{"digest": "\\x00"}'));
SELECT refuses('ruled_is_what_is_contradicted', '23514', 'something that is no answer',
    pg_temp.rules('{"outcome": "PERHAPS"}'));
SELECT refuses('rulings_are_immutable', '23001', 'the opposite afterwards',
    pg_temp.rules() || 'UPDATE ruling SET outcome = ''NOT_PAID''');

-- ---- approved: it was paid ----
SELECT pg_temp.rules() || pg_temp.approves() AS approved \gset
SELECT :'approved' || pg_temp.books() || pg_temp.expects() AS restored \gset
SELECT allows('sawa_owner', 'find it paid after all', :'restored');
SELECT refuses('who_rules_does_not_approve', '23514', 'one login is not two people',
    pg_temp.rules() || pg_temp.approves('{"checker": "ann"}'));
SELECT refuses('who_rules_does_not_approve', '23514', 'one person with two logins',
    pg_temp.rules('{"proposed_by": "Ann"}')
    || pg_temp.approves('{"proposed_by": "Ann", "approved_by": "Ann"}'));
SELECT refuses('ruling_approver_names_the_maker', '23503', 'of what somebody else proposed',
    pg_temp.rules() || pg_temp.approves('{"maker": "eve"}'));
SELECT refuses('ruling_approves_what_is_said', '23514', 'by another digest',
    pg_temp.rules() || pg_temp.approves('{"digest": "\\x00"}'));
SELECT refuses('ruling_approves_what_is_said', '23514', 'while the bank says something more',
    pg_temp.rules() || pg_temp.says(3, '3', 'ACSC') || pg_temp.approves());
SELECT refuses('ruling_is_approved_in_time', '23514', 'a day late',
    pg_temp.rules('{"approve_until": "2026-01-01Z"}') || pg_temp.approves());
SELECT refuses('a_commit_rules_once', '23505', 'two in one',
    pg_temp.says(3, '9', 'RJCT') || :'approved'
    || pg_temp.rules('{"ruling_id": 2,
                       "instruction_id": "40000000-0000-5000-8000-000000000009"}')
    || pg_temp.approves('{"ruling_id": 2}'));
SELECT refuses('i2_ruling_is_booked', '23514', 'paid, and not in the books',
    :'approved' || pg_temp.expects());
SELECT refuses('i2_ruling_is_booked', '23514', 'paid, and not expected',
    :'approved' || pg_temp.books());
SELECT refuses('i2_ruling_is_booked', '23514', 'with another amount',
    :'approved' || pg_temp.books(1) || pg_temp.expects());
SELECT refuses('i2_ruling_is_booked', '23514', 'on another day',
    :'approved' || pg_temp.books(0, 1) || pg_temp.expects());
SELECT refuses('expected_is_what_was_ruled', '23514', what,
    :'approved' || pg_temp.books() || pg_temp.expects(changed))
  FROM (VALUES ('another amount', '{"amount_minor": 599}'::jsonb),
               ('the other way round', '{"amount_minor": -600}'),
               ('on another account', '{"account_id": 6}'),
               ('on another day', '{"book_date": "2026-11-23"}')) AS one (what, changed);
SELECT refuses('expected_item_has_one_origin', '23514', 'an item of two origins', :'restored'
    || 'UPDATE expected_item SET prefunding_id = 1 WHERE ruling_id = 1');
SELECT refuses('ruling_approvals_are_immutable', '23001', 'taken back',
    :'restored' || 'DELETE FROM ruling_approval');
SELECT refuses('ruled_is_what_is_contradicted', '23514', 'where another attempt was made',
    'INSERT INTO reinstruction (reinstruction_id, window_id, settlement_date, reason, digest, maker,
                                commit_id)
     OVERRIDING SYSTEM VALUE
     SELECT 9, window_id, ''2026-11-24'', ''x'', reinstruction_digest(window_id, ''2026-11-24''),
            ''ann'', 2 FROM settlement_window;
     ALTER TABLE instruction DISABLE TRIGGER i3_attempt_follows_a_rejected_one;
     INSERT INTO instruction
     SELECT gen_random_uuid(), window_id, participant_id, counterparty_id, direction, account_id,
            amount_minor, currency, ''2026-11-24'', repeat(''7'', 32), ''PENDING'', 2, 2
       FROM instruction WHERE status = ''REJECTED'';' || pg_temp.rules());

-- ---- what follows ----
SAVEPOINT undecided;
SET LOCAL ROLE sawa_owner;
:restored
SET CONSTRAINTS ALL IMMEDIATE;
RESET ROLE;
SELECT is((SELECT status FROM instruction
            WHERE instruction_id = '40000000-0000-5000-8000-000000000003'), 'SETTLED',
    'a_ruling_resolves_its_breaks: the instruction was made');
SELECT results_eq($$SELECT state, closed_commit_id
                      FROM break_item WHERE instruction_id IS NOT NULL$$,
    $$VALUES ('RESOLVED', 2::bigint)$$, 'its break is resolved');
SELECT results_eq('SELECT debit_account_id, credit_account_id, booked_on FROM ruling_booking',
    $$VALUES (1, 3, DATE '2026-11-22')$$, 'it is booked as it was, from that day on');
SELECT is_empty('SELECT FROM rejected_instruction', 'and nothing waits to be instructed again');
SELECT refuses('i3_one_live_attempt', '23505', 'nor is it made once more',
    'INSERT INTO instruction
     SELECT gen_random_uuid(), window_id, participant_id, counterparty_id, direction, account_id,
            amount_minor, currency, ''2026-11-24'', repeat(''7'', 32), ''PENDING'', 2, 2
       FROM instruction WHERE instruction_id = ''40000000-0000-5000-8000-000000000003''');
UPDATE settlement_window SET state = 'CLOSING';
UPDATE settlement_window SET state = 'CLOSED';
UPDATE settlement_window SET state = 'INSTRUCTED';
UPDATE settlement_window SET state = 'FAILED';
SELECT allows('sawa_settle', 'let the window go on',
    'UPDATE settlement_window SET state = ''INSTRUCTED''');
ROLLBACK TO undecided;

SELECT pg_temp.rules('{"outcome": "NOT_PAID"}') || pg_temp.approves() AS stands \gset
SET LOCAL ROLE sawa_owner;
:stands
SET CONSTRAINTS ALL IMMEDIATE;
RESET ROLE;
SELECT ok(NOT is_contradicted('40000000-0000-5000-8000-000000000003'),
    'not paid: nothing stands against it');
SELECT is((SELECT status FROM instruction
            WHERE instruction_id = '40000000-0000-5000-8000-000000000003'), 'REJECTED',
    'and it is rejected as before');
SELECT allows('sawa_owner', 'approve that it is made again',
    variant('reinstruction', '{"reinstruction_id": 2}') || ';'
    || variant('reinstruction_approval', '{"reinstruction_id": 2}'));
SELECT pg_temp.says(4, '3', 'ACSC') AS statement \gset
:statement
SELECT ok(is_contradicted('40000000-0000-5000-8000-000000000003'),
    'until the bank contradicts it once more');
ROLLBACK TO undecided;

-- What was settled, and the bank says it rejects; what came back, and the bank says it rejected.
INSERT INTO expected_item
VALUES ('50000000-0000-5000-8000-00000000000c', 1, '40000000-0000-5000-8000-000000000002', NULL,
        :window_id, 2, -700, 'KES', '2026-11-20', '2026-11-21', '2026-11-23', repeat('d', 32), '',
        true, 2);
UPDATE instruction SET status = 'SENT' WHERE end_to_end_id = repeat('d', 32);
UPDATE instruction SET status = 'SETTLED' WHERE end_to_end_id = repeat('d', 32);
SELECT pg_temp.says(5, '2', 'RJCT') || pg_temp.says(6, '9', 'RJCT') AS statement \gset
:statement
SELECT is((SELECT state || ' ' || broken FROM tap.attempt('sawa_relay',
              'UPDATE instruction SET status = ''REJECTED''
                WHERE end_to_end_id = repeat(''d'', 32)')), '23514 instruction_moves_forward',
    'the relay does not take back what was settled');
SELECT is(ruling_effect(('40000000-0000-5000-8000-00000000000' || number)::uuid, outcome), effect,
          format('of %s, %s: %s', number, outcome, coalesce(effect, 'nobody says so')))
  FROM (VALUES ('2', 'PAID', 'STANDS'), ('2', 'NOT_PAID', 'REJECTED'), ('3', 'PAID', 'RESTORED'),
               ('3', 'NOT_PAID', 'STANDS'), ('9', 'PAID', 'STANDS'), ('9', 'NOT_PAID', NULL),
               ('1', 'PAID', NULL)) AS one (number, outcome, effect);
SELECT pg_temp.rules('{"outcome": "NOT_PAID",
                       "instruction_id": "40000000-0000-5000-8000-000000000002"}')
       || pg_temp.approves() AS statement \gset
SET LOCAL ROLE sawa_owner;
:statement
SET CONSTRAINTS ALL IMMEDIATE;
RESET ROLE;
SELECT is((SELECT status FROM instruction WHERE end_to_end_id = repeat('d', 32)), 'REJECTED',
    'what was not paid after all is rejected, and then withdrawn as such');
SELECT allows('sawa_settle', 'withdraw its item',
    format('INSERT INTO withdrawal VALUES (''50000000-0000-5000-8000-00000000000c'',
            ''40000000-0000-5000-8000-000000000002'', %s, '''', ''2026-11-22'', 2)', :window_id));
SELECT is((SELECT state || ' ' || broken FROM tap.attempt('sawa_relay',
              'UPDATE instruction SET status = ''SETTLED''
                WHERE end_to_end_id = repeat(''e'', 32)')), '23514 instruction_moves_forward',
    'the relay does not make what was rejected');

-- ---- who may what ----
SELECT denies('sawa_settle', 'rule', 'INSERT INTO ruling (outcome) VALUES (''PAID'')');
SELECT denies('sawa_relay', 'rule', 'INSERT INTO ruling (outcome) VALUES (''PAID'')');
SELECT denies('sawa_settle', 'approve it', 'INSERT INTO ruling_approval (ruling_id) VALUES (1)');
SELECT denies('sawa_maker', 'approve it', 'INSERT INTO ruling_approval (ruling_id) VALUES (1)');
SELECT denies('sawa_checker', 'say what follows, or in another''s name',
    'INSERT INTO ruling_approval (ruling_id, effect) VALUES (1, ''STANDS'')');
SELECT denies('sawa_maker', 'propose in another''s name, or for longer',
    'INSERT INTO ruling (instruction_id, maker, approve_until)
     VALUES (gen_random_uuid(), ''x'', now())');
SELECT denies('sawa_checker', 'resolve a break', 'UPDATE break_item SET state = ''RESOLVED''');

SELECT * FROM finish();
ROLLBACK;
