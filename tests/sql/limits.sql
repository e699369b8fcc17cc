-- What windows carry over, what participants are held to and have placed: what is refused.
\ir lib/begin.sql

-- ---- the book ----
SELECT refuses('minimum_is_more_than_a_unit', '23514', 'a minimum that nothing is below',
    variant('corridor_limit', '{"version": 2, "minimum_minor": 1}'));
SELECT refuses('corridor_limits_are_immutable', '23001', 'a lower minimum afterwards',
    'UPDATE corridor_limit SET minimum_minor = 2');
SELECT refuses('who_settles_is_somebody_else', '23514', 'a group of one',
    variant('corridor_member', '{"participant_id": 1, "settles_through_id": 1,
                                 "net_debit_cap_minor": null}'));
SELECT refuses('limits_are_of_who_settles', '23514', 'a cap on who settles nothing',
    variant('corridor_member', '{"participant_id": 1, "settles_through_id": 2}'));
SELECT refuses('who_settles_takes_part', '23503', 'through somebody outside the corridor',
    'INSERT INTO participant VALUES (3, ''OTHER03'', ''C'', ''KE'');'
    || variant('corridor_member', '{"participant_id": 1, "settles_through_id": 3,
                                    "net_debit_cap_minor": null}'));
SELECT refuses('groups_are_of_one_level', '23514', 'through somebody who settles through another',
    'INSERT INTO participant VALUES (3, ''OTHER03'', ''C'', ''KE'');
     INSERT INTO corridor_participant VALUES (1, 1, 3);
     INSERT INTO corridor_member VALUES (1, 1, 3, NULL, false, 1), (1, 1, 1, NULL, false, 2)');
SELECT refuses('corridor_members_are_immutable', '23001', 'a higher cap afterwards',
    'UPDATE corridor_member SET net_debit_cap_minor = 2000');
SELECT refuses('the_book_changes_by_approval', '23514', 'a row of ' || of_table || ' by itself',
    'ALTER TABLE corridor_decision DISABLE TRIGGER decisions_are_immutable;
     UPDATE corridor_decision SET transaction_id = ''3'';' || variant(of_table, changed::jsonb))
  FROM (VALUES ('corridor_limit', '{"version": 2}'),
               ('corridor_member', '{"participant_id": 1}')) AS one (of_table, changed);

-- ---- carried over ----
-- Two windows more, of the next days; nothing of them is closed.
SET LOCAL ROLE sawa_owner;
INSERT INTO settlement_window (window_id, corridor_id, corridor_version, business_date, sequence,
                               opens_at, cut_off, grace_ends_at)
SELECT :window_id + 256 * n, 1, 1, DATE '2026-11-20' + n, 1,
       '2026-11-19 14:00Z'::timestamptz + n * interval '1 day',
       '2026-11-20 14:00Z'::timestamptz + n * interval '1 day',
       '2026-11-20 14:00Z'::timestamptz + n * interval '1 day'
  FROM generate_series(1, 3) AS n;
INSERT INTO net_carry VALUES (:window_id + 256, 1, 0, 'COLLECT', :window_id + 512, 30, 'KES', 2);
RESET ROLE;
SELECT refuses('i3_carried_once', '23505', 'the same again, to another window',
    variant('net_carry', jsonb_build_object('to_window_id', :window_id + 768)));
SELECT refuses('i3_carried_to_an_open_window', '23514', 'back in time',
    variant('net_carry', jsonb_build_object('from_window_id', :window_id + 768)));
SELECT refuses('i3_carried_to_an_open_window', '23514', 'to a window that is closed',
    'ALTER TABLE settlement_window DISABLE TRIGGER window_moves_along_its_arrows;'
    || format('UPDATE settlement_window SET state = ''SETTLED'' WHERE window_id = %s;',
              :window_id + 768)
    || variant('net_carry', jsonb_build_object('participant_id', 2,
                                               'to_window_id', :window_id + 768)));
SELECT refuses('i3_carried_to_an_open_window', '23514', 'after the window was closed',
    variant('net_carry', jsonb_build_object('from_window_id', :window_id)));
SELECT refuses('carries_are_immutable', '23001', 'let go', 'DELETE FROM net_carry');

-- What a window takes in it takes once, and whole: 30 that A owes, 50 that it is owed.
CREATE FUNCTION pg_temp.proof(of_window bigint, changed jsonb DEFAULT '{}') RETURNS text
    LANGUAGE sql AS $$
    SELECT 'INSERT INTO commit_log (commit_id, action, worker) VALUES (9, ''close'', ''w'');
            INSERT INTO audit_leaf (commit_id, leaf, leaf_hash)
            VALUES (9, ''leaf 9'', sha256(''leaf 9''));'
        || variant('net_proof', jsonb_build_object(
               'window_id', of_window, 'commit_id', 9, 'net_debit_minor', 800,
               'net_credit_minor', 800, 'carried_in_debit_minor', 0, 'carried_in_credit_minor', 0,
               'carried_out_debit_minor', 0, 'carried_out_credit_minor', 0, 'collect_minor', 800,
               'pay_minor', 800, 'prefunded_minor', 0) || changed)
$$;
SELECT allows('sawa_owner', 'close a window that takes in what was carried to it',
    pg_temp.proof(:window_id + 512, '{"carried_in_debit_minor": 30, "collect_minor": 830}'));
SELECT refuses('i3_what_is_carried_is_taken_in', '23514', 'a close that forgets it',
    pg_temp.proof(:window_id + 512));
SELECT refuses('i3_what_is_carried_is_taken_in', '23514', 'a close that is not told so either',
    pg_temp.proof(:window_id + 512, '{"carried_in_debit_minor": null, "collect_minor": null}'));
SELECT refuses('i3_what_is_carried_is_taken_in', '23514', 'a close that takes in what is not there',
    pg_temp.proof(:window_id + 768, '{"carried_in_debit_minor": 30, "collect_minor": 830}'));
SELECT refuses('i3_what_is_carried_is_taken_in', '23514', 'a close that does not tell what goes on',
    pg_temp.proof(:window_id + 256));
SELECT refuses('i2_instructed_is_what_is_left', '23514', 'one minor unit is missing',
    pg_temp.proof(:window_id + 768, '{"collect_minor": 799}'));
SELECT refuses('i2_instructed_is_what_is_left', '23514', 'carried on, and instructed too',
    pg_temp.proof(:window_id + 256, '{"carried_out_debit_minor": 30}'));

-- ---- groups ----
SELECT refuses('i3_handed_over_once', '23505', 'a net handed over again', variant('group_net'));
SELECT refuses('handed_to_somebody_else', '23514', 'a net handed to oneself',
    variant('group_net', '{"participant_id": 2}'));
SELECT refuses('group_nets_are_immutable', '23001', 'another net afterwards',
    'UPDATE group_net SET net_minor = 1');

-- ---- beyond a cap ----
SELECT refuses('exception_gives_a_reason', '23514', 'for no reason',
    variant('cap_exception', '{"exception_id": 2, "reason": " "}'));
SELECT refuses('maker_of_an_exception', '23505', 'the same under the same number',
    'ALTER TABLE cap_exception_approval DROP CONSTRAINT approved_is_what_was_asked_for;
     ALTER TABLE cap_exception DROP CONSTRAINT cap_exception_pkey;' || variant('cap_exception'));
SELECT refuses('exceptions_are_immutable', '23001', 'more afterwards',
    'UPDATE cap_exception SET cap_minor = 3000');
CREATE FUNCTION pg_temp.exception(changed jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT variant('cap_exception', '{"exception_id": 2}') || ';'
        || variant('cap_exception_approval', '{"exception_id": 2}'::jsonb || changed)
$$;
SELECT allows('sawa_owner', 'let a second exception pass', pg_temp.exception('{}'));
SELECT refuses('who_asks_for_more_does_not_approve', '23514', 'one person is not two',
    pg_temp.exception('{"checker": "ann"}'));
SELECT refuses('approved_is_what_was_asked_for', '23503', 'more than was asked for',
    pg_temp.exception('{"cap_minor": 9000}'));
SELECT refuses('exception_is_approved_in_time', '23514', 'a day late',
    variant('cap_exception', '{"exception_id": 2, "approve_until": "2026-01-01Z"}') || ';'
    || variant('cap_exception_approval', '{"exception_id": 2}'));
SELECT refuses('exception_approvals_are_immutable', '23001', 'taken back',
    'DELETE FROM cap_exception_approval');
SELECT denies('sawa_settle', 'let a net debit pass its cap',
    'INSERT INTO cap_exception_approval SELECT * FROM cap_exception_approval');
SELECT denies('sawa_maker', 'approve what somebody asked for',
    'INSERT INTO cap_exception_approval (exception_id) VALUES (1)');

-- ---- placed beforehand ----
SELECT refuses('prefunding_gives_a_reason', '23514', 'for no reason',
    variant('prefunding', '{"prefunding_id": 2, "reason": ""}'));
SELECT refuses('maker_of_a_prefunding', '23505', 'the same under the same number',
    'ALTER TABLE prefunding DROP CONSTRAINT prefunding_pkey;' || variant('prefunding'));
SELECT refuses('prefundings_are_immutable', '23001', 'more afterwards',
    'UPDATE prefunding SET amount_minor = 2000');
SET LOCAL ROLE sawa_owner;
INSERT INTO account (account_id, code, kind, currency, participant_id)
    OVERRIDING SYSTEM VALUE VALUES (10, 'placed-1-kes', 'PREFUNDING', 'KES', 1);
RESET ROLE;
CREATE FUNCTION pg_temp.placed(changed jsonb DEFAULT '{}', is_booked boolean DEFAULT true)
    RETURNS text LANGUAGE sql AS $$
    SELECT format('INSERT INTO prefunding_approval (prefunding_id, participant_id, amount_minor,
                       currency, maker, proposed_by, checker, commit_id)
                   SELECT prefunding_id, participant_id, amount_minor, currency, maker,
                          proposed_by, checker, 2
                     FROM jsonb_populate_record(NULL::prefunding_approval, %L);',
                  '{"prefunding_id": 1, "participant_id": 1, "amount_minor": 1000,
                    "currency": "KES", "maker": "ann", "proposed_by": "", "checker": "bob"}'::jsonb
                      || changed)
        || CASE WHEN is_booked
                THEN 'INSERT INTO journal_entry
                      VALUES (2, 11, 1, 10, 1000, ''KES'', ''2026-11-20'', NULL);' ELSE '' END
$$;
CREATE FUNCTION pg_temp.taken(minor bigint, is_booked boolean DEFAULT true) RETURNS text
    LANGUAGE sql AS $$
    SELECT format('INSERT INTO prefunding_use
                   SELECT window_id, 1, 0, %s, ''KES'', 2 FROM net_proof;', minor)
        || CASE WHEN is_booked
                THEN format('INSERT INTO journal_entry
                             VALUES (2, 12, 10, 2, %s, ''KES'', ''2026-11-20'', NULL);', minor)
                ELSE '' END
$$;
SELECT allows('sawa_owner', 'place money, and take all of it',
    pg_temp.placed() || pg_temp.taken(1000));
SELECT refuses('i3_prefunding_is_spent_once', '23514', 'a unit more than was placed',
    pg_temp.placed() || pg_temp.taken(1001));
SELECT refuses('i3_prefunding_is_spent_once', '23514', 'what was never placed',
    pg_temp.taken(1));
SELECT refuses('i3_prefunding_is_spent_once', '23514', 'given back after it was taken',
    variant('prefunding', '{"prefunding_id": 2, "amount_minor": -1}') || ';' || pg_temp.placed()
    || pg_temp.taken(1000) || pg_temp.placed('{"prefunding_id": 2, "amount_minor": -1}', false));
SELECT refuses('i3_funded_once', '23505', 'taken twice for one position',
    pg_temp.placed() || pg_temp.taken(100) || pg_temp.taken(200, false));
SELECT refuses('i2_prefunding_is_booked', '23514', 'placed, and not in the books',
    pg_temp.placed('{}', false));
SELECT refuses('i2_prefunding_is_booked', '23514', 'taken, and not in the books',
    pg_temp.placed() || pg_temp.taken(100, false));
SELECT refuses('who_places_does_not_approve', '23514', 'one person is not two',
    pg_temp.placed('{"checker": "ann"}'));
SELECT refuses('approved_is_what_was_placed', '23503', 'more than was placed',
    pg_temp.placed('{"amount_minor": 2000}'));
SELECT refuses('prefunding_is_approved_in_time', '23514', 'a day late',
    variant('prefunding', '{"prefunding_id": 2, "approve_until": "2026-01-01Z"}') || ';'
    || pg_temp.placed('{"prefunding_id": 2}'));
SELECT refuses('prefunding_approvals_are_immutable', '23001', 'taken back',
    pg_temp.placed() || 'DELETE FROM prefunding_approval');
SELECT refuses('prefunding_uses_are_immutable', '23001', 'less afterwards',
    pg_temp.placed() || pg_temp.taken(100) || 'UPDATE prefunding_use SET amount_minor = 1');
SELECT refuses('i3_what_is_taken_is_told', '23514', 'a close that keeps quiet about it',
    pg_temp.placed() || format('INSERT INTO prefunding_use VALUES (%s, 1, 0, 100, ''KES'', 2);
                                INSERT INTO journal_entry VALUES (2, 12, 10, 2, 100, ''KES'',
                                    ''2026-11-20'', NULL);', :window_id + 768)
    || pg_temp.proof(:window_id + 768));
SELECT refuses('expected_item_has_one_origin', '23514', 'an item of two origins',
    pg_temp.placed() || variant('expected_item', jsonb_build_object(
        'expected_item_id', gen_random_uuid(), 'prefunding_id', 1)));
SELECT denies('sawa_settle', 'write a balance', 'UPDATE prefunding_balance SET balance_minor = 1');
SELECT denies('sawa_checker', 'write a balance',
    'INSERT INTO prefunding_balance VALUES (1, ''KES'', 1)');

-- prefunding_is_taken: the balance is what was placed, less what was taken.
SET LOCAL ROLE sawa_owner;
SELECT pg_temp.placed() || pg_temp.taken(300) AS statement \gset
:statement
SELECT is((SELECT balance_minor FROM prefunding_balance), 700::bigint,
    'prefunding_is_taken: the balance is what was placed, less what was taken');
SELECT is((SELECT sum(credit_minor - debit_minor)::bigint FROM posting WHERE account_id = 10),
    700::bigint, 'and so is its account');
RESET ROLE;

-- ---- accounts: whatever kind the chart knows ----
SELECT allows('sawa_owner', 'keep an account of kind ' || kind,
    format('INSERT INTO account (account_id, code, kind, currency, participant_id)
            OVERRIDING SYSTEM VALUE VALUES (99, ''new'', %L, ''NGN'', %s)', kind,
           CASE WHEN kind IN ('OBLIGATION', 'PREFUNDING') THEN '1' ELSE 'NULL' END))
  FROM account_kind WHERE kind <> 'NOSTRO';

SELECT * FROM finish();
ROLLBACK;
