-- What stands on a suspense account is cleared by two people, in the books, and never beyond what
-- is left. The fixture's returned payment of 900 was settled outside; 300 of it waits to be cleared
-- through a bank.
\ir lib/begin.sql

-- A proposal about the fixture's payment, by its own digest unless told otherwise.
CREATE FUNCTION pg_temp.clears(changed jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
    SELECT format('INSERT INTO suspense_clearing (clearing_id, instruction_id, amount_minor,
                       purpose, account_id, value_date, reference, reason, digest, maker,
                       proposed_by, approve_until, commit_id)
                   OVERRIDING SYSTEM VALUE
                   SELECT clearing_id, instruction_id, amount_minor, purpose, account_id,
                          value_date, reference, reason,
                          coalesce(digest, suspense_digest(instruction_id, amount_minor, purpose,
                              account_id, value_date, reference, reason)),
                          maker, proposed_by, approve_until, 2
                     FROM jsonb_populate_record(NULL::suspense_clearing, %L);',
                  jsonb_build_object('clearing_id', 2,
                      'instruction_id', '40000000-0000-5000-8000-000000000009',
                      'amount_minor', 900, 'purpose', 'GAIN_LOSS', 'reference', '',
                      'reason', 'nobody claims it', 'maker', 'ann', 'proposed_by', '',
                      'approve_until', clock_timestamp() + interval '1 day') || changed)
$$;
CREATE FUNCTION pg_temp.approves(changed jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
    SELECT format('INSERT INTO suspense_clearing_approval (clearing_id, digest, maker, proposed_by,
                       checker, approved_by, commit_id)
                   SELECT one.clearing_id, coalesce(one.digest, asked.digest), one.maker,
                          one.proposed_by, one.checker, one.approved_by, one.commit_id
                     FROM jsonb_populate_record(NULL::suspense_clearing_approval, %L) AS one
                     LEFT JOIN suspense_clearing AS asked USING (clearing_id);',
                  '{"clearing_id": 2, "maker": "ann", "proposed_by": "", "checker": "bob",
                    "approved_by": "", "commit_id": 2}'::jsonb || changed)
$$;
CREATE FUNCTION pg_temp.books(minor bigint DEFAULT 0, days integer DEFAULT 0) RETURNS text
    LANGUAGE sql AS $$
    SELECT format('INSERT INTO journal_entry
                   SELECT commit_id, 1, debit_account_id, credit_account_id, amount_minor + %s,
                          currency, booked_on + %s, NULL
                     FROM suspense_booking;', minor, days)
$$;
CREATE FUNCTION pg_temp.expects(changed jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
    SELECT format('INSERT INTO expected_item (expected_item_id, account_id, clearing_id,
                       amount_minor, currency, book_date, value_date, due_date, commit_id)
                   SELECT gen_random_uuid(), one.account_id, one.clearing_id, one.amount_minor,
                          one.currency, one.book_date, ''2026-11-24'', ''2026-11-24'', 2
                     FROM jsonb_populate_record(NULL::expected_item, %L) AS one;',
                  '{"account_id": 1, "clearing_id": 1, "amount_minor": -300, "currency": "KES",
                    "book_date": "2026-11-23"}'::jsonb || changed)
$$;

-- ---- what is left ----
SELECT results_eq('SELECT left_minor, booked_on, direction, participant FROM suspense_item',
    $$VALUES (900::bigint, DATE '2026-11-23', 'PAY', 'BANKKE01')$$,
    'suspense_begins: all of a payment that was settled outside is left');
SELECT refuses('i3_suspense_is_cleared_once', '23514', 'less than nothing is left',
    'UPDATE suspense_balance SET left_minor = -1');
SELECT refuses('suspense_purposes_stay', '23001', 'another way to clear it',
    'DELETE FROM suspense_purpose');
SELECT throws_ok(variant('suspense_clearing', '{"clearing_id": 2, "purpose": "FEE_INCOME"}'),
    '23514', NULL, 'a purpose that the table does not have');
SELECT is((SELECT count(*) FROM suspense_purpose
            WHERE purpose NOT IN (SELECT kind FROM account_kind)), 0::bigint,
    'every purpose is a kind of account');

-- ---- proposed ----
SELECT allows('sawa_owner', 'propose to clear all of it', pg_temp.clears());
SELECT refuses('clearing_gives_a_reason', '23514', 'for no reason',
    pg_temp.clears('{"reason": " "}'));
SELECT refuses('money_that_moves_is_named', '23514', 'through a bank, and not through which',
    pg_temp.clears('{"purpose": "NOSTRO"}'));
SELECT refuses('money_that_moves_is_named', '23514', 'written off, and on a bank account',
    pg_temp.clears('{"account_id": 1}'));
SELECT refuses('maker_of_a_clearing', '23505', 'the same under the same number',
    'ALTER TABLE suspense_clearing DROP CONSTRAINT suspense_clearing_pkey CASCADE;'
    || variant('suspense_clearing'));
SELECT refuses('cleared_is_what_is_left', '23514', what, pg_temp.clears(changed))
  FROM (VALUES
      ('a unit more than is left', '{"amount_minor": 901}'::jsonb),
      ('nothing at all', '{"amount_minor": 0}'),
      ('the other way round', '{"amount_minor": -1}'),
      ('of a payment that was not settled outside',
       '{"instruction_id": "40000000-0000-5000-8000-000000000003"}'),
      ('by another digest', '{"digest": "\\x00"}'),
      ('on an account in another currency',
       '{"purpose": "NOSTRO", "account_id": 4, "value_date": "2026-11-24", "reference": "x"}'),
      ('on an account that is at no bank',
       '{"purpose": "NOSTRO", "account_id": 20, "value_date": "2026-11-24", "reference": "x"}'))
      AS one (what, changed);
SELECT refuses('clearings_are_immutable', '23001', 'more afterwards',
    'UPDATE suspense_clearing SET amount_minor = 900');

-- ---- approved, and booked ----
SELECT pg_temp.clears() || pg_temp.approves() AS approved \gset
SELECT allows('sawa_owner', 'clear all of it', :'approved' || pg_temp.books());
SELECT refuses('who_clears_does_not_approve', '23514', 'one login is not two people',
    pg_temp.clears() || pg_temp.approves('{"checker": "ann"}'));
SELECT refuses('who_clears_does_not_approve', '23514', 'one person with two logins',
    pg_temp.clears('{"proposed_by": "Ann"}')
    || pg_temp.approves('{"proposed_by": "Ann", "approved_by": "Ann"}'));
SELECT refuses('clearing_approver_names_the_maker', '23503', 'of what somebody else proposed',
    pg_temp.clears() || pg_temp.approves('{"maker": "eve"}'));
SELECT refuses('clearing_approves_what_is_left', '23514', 'by another digest',
    pg_temp.clears() || pg_temp.approves('{"digest": "\\x00"}'));
SELECT refuses('clearing_approves_what_is_left', '23514', 'of what nobody proposed',
    pg_temp.approves('{"digest": "\\x00"}'));
SELECT refuses('clearing_is_approved_in_time', '23514', 'a day late',
    pg_temp.clears('{"approve_until": "2026-01-01Z"}') || pg_temp.approves());
SELECT refuses('clearing_approves_what_is_left', '23514', 'after another took of it',
    pg_temp.clears('{"clearing_id": 3, "amount_minor": 1}') || :'approved' || pg_temp.books()
    || pg_temp.approves('{"clearing_id": 3, "commit_id": 1}'));
SELECT refuses('a_commit_clears_once', '23505', 'two of the same, and one entry for both',
    pg_temp.clears('{"amount_minor": 100}') || pg_temp.approves() || pg_temp.books()
    || pg_temp.clears('{"clearing_id": 3, "amount_minor": 100}')
    || pg_temp.approves('{"clearing_id": 3}'));
SELECT refuses('i2_clearing_is_booked', '23514', 'cleared, and not in the books', :'approved');
SELECT refuses('i2_clearing_is_booked', '23514', 'with another amount',
    :'approved' || pg_temp.books(1));
SELECT refuses('i2_clearing_is_booked', '23514', 'on another day',
    :'approved' || pg_temp.books(0, 1));
SELECT refuses('i2_clearing_is_booked', '23514', 'the other way round', :'approved'
    || 'INSERT INTO journal_entry
        SELECT commit_id, 1, credit_account_id, debit_account_id, amount_minor, currency,
               booked_on, NULL FROM suspense_booking');
SELECT refuses('clearing_approvals_are_immutable', '23001', 'taken back',
    :'approved' || pg_temp.books() || 'DELETE FROM suspense_clearing_approval');

-- ---- through a bank ----
SELECT pg_temp.approves('{"clearing_id": 1}') || pg_temp.books() AS paid \gset
SELECT allows('sawa_owner', 'clear it through a bank', :'paid' || pg_temp.expects());
SELECT refuses('i2_clearing_is_booked', '23514', 'money that nobody expects', :'paid');
SELECT refuses('expected_is_what_is_cleared', '23514', what, :'paid' || pg_temp.expects(changed))
  FROM (VALUES ('another amount', '{"amount_minor": -299}'::jsonb),
               ('money in, where we pay', '{"amount_minor": 300}'),
               ('on another account', '{"account_id": 6}'),
               ('on another day', '{"book_date": "2026-11-24"}')) AS one (what, changed);
SELECT refuses('expected_is_what_is_cleared', '23514', 'money where none moves',
    :'approved' || pg_temp.books()
    || pg_temp.expects('{"clearing_id": 2, "account_id": 1, "amount_minor": -900}'));
SELECT refuses('expected_item_has_one_origin', '23514', 'an item of two origins',
    :'paid' || pg_temp.expects()
    || 'UPDATE expected_item SET prefunding_id = 1 WHERE clearing_id = 1');

-- ---- where it stands then ----
-- Not in a savepoint: a checker books what an approval of the same transaction says.
SET LOCAL ROLE sawa_owner;
SELECT pg_temp.clears('{"amount_minor": 200, "purpose": "OBLIGATION"}') || pg_temp.approves()
       AS statement, pg_temp.books() AS entry \gset
:statement
RESET ROLE;
SELECT results_eq('SELECT debit_account_id, credit_account_id, booked_on FROM suspense_booking',
    $$VALUES (19, 2, DATE '2026-11-23')$$,
    'the participant is owed it again, on the first open day behind the abandonment');
SELECT is((SELECT left_minor FROM suspense_balance), 700::bigint,
    'suspense_is_cleared: so much less is left');
SELECT allows('sawa_checker', 'book what was approved', :'entry');
SELECT is((SELECT state || ' ' || broken FROM tap.attempt('sawa_checker', statement)),
          '23514 i2_checkers_book_by_approval', 'a checker books no ' || what)
  FROM (VALUES ('more than was approved', pg_temp.books(1)),
               ('other day', pg_temp.books(0, 1)),
               ('other account', 'INSERT INTO journal_entry
                    SELECT commit_id, 1, debit_account_id, 20, amount_minor, currency, booked_on,
                           NULL FROM suspense_booking'),
               ('second entry', 'INSERT INTO journal_entry
                    SELECT commit_id, 2, debit_account_id, credit_account_id, amount_minor,
                           currency, booked_on, NULL FROM suspense_booking'))
       AS one (what, statement);
SET LOCAL ROLE sawa_checker;
:entry
RESET ROLE;

SET LOCAL ROLE sawa_owner;
INSERT INTO commit_log (commit_id, action, worker) VALUES (3, 'suspense_clearing_approval', 'w');
INSERT INTO audit_leaf (commit_id, leaf, leaf_hash) VALUES (3, 'leaf 3', sha256('leaf 3'));
SELECT pg_temp.clears('{"clearing_id": 3, "amount_minor": 700, "purpose": "BANK_CHARGES"}')
       || pg_temp.approves('{"clearing_id": 3, "commit_id": 3}')
       || 'INSERT INTO journal_entry
           SELECT commit_id, 1, debit_account_id, credit_account_id, amount_minor, currency,
                  booked_on, NULL FROM suspense_booking WHERE clearing_id = 3;' AS statement \gset
:statement
SET CONSTRAINTS ALL IMMEDIATE;
SELECT is((SELECT sum(debit_minor - credit_minor)::bigint FROM posting WHERE account_id = 20),
    -700::bigint, 'the participant bears what a bank kept');
SELECT is((SELECT left_minor FROM suspense_balance), 0::bigint, 'and nothing is left');
RESET ROLE;

-- ---- who may what ----
SELECT denies('sawa_settle', 'propose to clear', variant('suspense_clearing'));
SELECT denies('sawa_settle', 'approve it',
    'INSERT INTO suspense_clearing_approval (clearing_id) VALUES (1)');
SELECT denies('sawa_maker', 'approve it',
    'INSERT INTO suspense_clearing_approval (clearing_id) VALUES (1)');
SELECT denies('sawa_checker', 'say where it stands then',
    'INSERT INTO suspense_clearing_approval (clearing_id, account_id) VALUES (1, 1)');
SELECT denies('sawa_checker', 'approve in another''s name',
    'INSERT INTO suspense_clearing_approval (clearing_id, checker) VALUES (1, ''x'')');
SELECT denies('sawa_maker', 'propose in another''s name, or for longer',
    'INSERT INTO suspense_clearing (instruction_id, maker, approve_until)
     VALUES (gen_random_uuid(), ''x'', now())');
SELECT denies(role_name, 'write what is left', 'UPDATE suspense_balance SET left_minor = 0')
  FROM unnest(ARRAY['sawa_settle', 'sawa_maker', 'sawa_checker']::name[]) AS role_name;

SELECT * FROM finish();
ROLLBACK;
