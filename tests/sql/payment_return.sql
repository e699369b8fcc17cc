-- Money that comes back, and what two people settle outside: what is refused, and why the key of a
-- live attempt had to let a returned one go.
\ir lib/begin.sql

SELECT refuses('i3_a_payment_returns_once', '23505', 'a second return of the same payment',
    variant('payment_return', '{"return_id": "50000000-0000-5000-8000-000000000019"}'));
SELECT refuses('returned_is_what_was_paid', '23514', 'more than was paid',
    'ALTER TABLE payment_return DROP CONSTRAINT i3_a_payment_returns_once;'
    || variant('payment_return', '{"return_id": "50000000-0000-5000-8000-000000000019",
                                   "amount_minor": 901}'));
SELECT refuses('returned_is_what_was_paid', '23514', 'in another currency',
    'ALTER TABLE payment_return DROP CONSTRAINT i3_a_payment_returns_once;'
    || variant('payment_return', '{"return_id": "50000000-0000-5000-8000-000000000019",
                                   "currency": "NGN"}'));
SELECT refuses('returned_is_what_was_paid', '23514', 'what nobody said is returned',
    variant('payment_return', '{"return_id": "50000000-0000-5000-8000-000000000019",
                                "instruction_id": "40000000-0000-5000-8000-000000000002",
                                "amount_minor": 700}'));
SELECT refuses('payment_returns_are_immutable', '23001', 'another amount afterwards',
    'UPDATE payment_return SET amount_minor = 900');
SELECT refuses('a_return_says_how_much', '23514', 'a payment that came back, nobody knows how much',
    'UPDATE instruction SET status = ''SENT''
      WHERE instruction_id = ''40000000-0000-5000-8000-000000000002'';
     UPDATE instruction SET status = ''RETURNED''
      WHERE instruction_id = ''40000000-0000-5000-8000-000000000002''');
SELECT refuses('instruction_moves_forward', '23514', 'what came back was paid after all',
    'UPDATE instruction SET status = ''SETTLED'' WHERE status = ''RETURNED''');
SELECT refuses('instruction_moves_forward', '23514', 'what was rejected comes back',
    'UPDATE instruction SET status = ''RETURNED'' WHERE status = ''REJECTED''');
SELECT refuses('expected_is_what_was_returned', '23514', 'another amount is expected',
    'DELETE FROM expected_item WHERE return_id IS NOT NULL;
     INSERT INTO expected_item (expected_item_id, account_id, return_id, window_id, amount_minor,
                                currency, book_date, value_date, due_date, commit_id)
     SELECT return_id, 1, return_id, window_id, 900, payment_return.currency, ''2026-11-23'',
            ''2026-11-23'', ''2026-11-23'', 2
       FROM payment_return JOIN instruction USING (instruction_id)');
SELECT refuses('expected_item_has_one_origin', '23514', 'of a payment and of its return',
    'UPDATE expected_item SET instruction_id = ''40000000-0000-5000-8000-000000000009''
      WHERE return_id IS NOT NULL');
SELECT refuses('account_kind_known', '23514', 'an account of no known kind',
    variant('account', '{"account_id": 9, "code": "x", "kind": "X", "servicer_account": null}'));

-- ---- settled outside ----
SELECT refuses('abandonment_gives_a_reason', '23514', 'for nothing',
    variant('abandonment', '{"abandonment_id": 2, "reason": " "}'));
SELECT refuses('maker_of_an_abandonment', '23505', 'the proposal of a login a second time',
    'ALTER TABLE abandonment DROP CONSTRAINT abandonment_pkey CASCADE;' || variant('abandonment'));
SELECT refuses('abandoned_is_what_waits', '23514', 'what is settled outside already',
    variant('abandonment', '{"abandonment_id": 2}'));
SELECT refuses('abandoned_is_what_waits', '23514', 'what is on its way',
    variant('abandonment', '{"abandonment_id": 2,
                             "instruction_id": "40000000-0000-5000-8000-000000000002"}'));
SELECT refuses('abandonments_are_immutable', '23001', 'another reason afterwards',
    'UPDATE abandonment SET reason = ''x''');
SELECT refuses('abandonment_approvals_are_immutable', '23001', 'another approver afterwards',
    'UPDATE abandonment_approval SET checker = ''eve''');
SELECT refuses('abandoned_instructions_are_immutable', '23001', 'on another day afterwards',
    'UPDATE abandoned_instruction SET booked_on = ''2026-11-24''');

-- The rejected one of the fixture waits; ann proposes to settle it outside.
INSERT INTO abandonment (abandonment_id, instruction_id, reason, digest, maker, commit_id)
    OVERRIDING SYSTEM VALUE
VALUES (2, '40000000-0000-5000-8000-000000000003', 'netted by hand',
        abandonment_digest('40000000-0000-5000-8000-000000000003'), 'ann', 2);
CREATE FUNCTION pg_temp.approval(changed jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT tap.variant('abandonment_approval', jsonb_build_object('abandonment_id', 2, 'digest',
        (SELECT digest FROM sawa.abandonment WHERE abandonment_id = 2)) || changed)
$$;
SELECT refuses('who_abandons_does_not_approve', '23514', 'by the same login',
    pg_temp.approval('{"checker": "ann"}'));
SELECT refuses('who_abandons_does_not_approve', '23514', 'by the same person under another login',
    'ALTER TABLE abandonment DISABLE TRIGGER USER;
     UPDATE abandonment SET proposed_by = ''Ann'' WHERE abandonment_id = 2;'
    || pg_temp.approval('{"proposed_by": "Ann", "approved_by": "Ann"}'));
SELECT refuses('abandonment_approver_names_the_maker', '23503', 'of what somebody else proposed',
    pg_temp.approval('{"maker": "eve"}'));
SELECT refuses('abandonment_approves_what_waits', '23514', 'of another payment',
    pg_temp.approval('{"digest": "\\x00"}'));
SELECT refuses('abandonment_is_approved_in_time', '23514', 'a day late',
    'ALTER TABLE abandonment DISABLE TRIGGER USER;
     UPDATE abandonment SET approve_until = ''2026-01-01Z'';' || pg_temp.approval('{}'));
SELECT refuses('a_payment_is_abandoned_by_approval', '23514', 'before it is approved',
    variant('abandoned_instruction', '{"abandonment_id": 2,
                                       "instruction_id": "40000000-0000-5000-8000-000000000003"}'));
SELECT allows('sawa_owner', 'approve as another person', pg_temp.approval('{}'));
INSERT INTO abandonment_approval (abandonment_id, digest, maker, proposed_by, checker, commit_id)
SELECT 2, digest, 'ann', '', 'bob', 2 FROM abandonment WHERE abandonment_id = 2;
SELECT refuses('a_payment_is_abandoned_by_approval', '23514', 'on an account that is no suspense',
    variant('abandoned_instruction', '{"abandonment_id": 2, "account_id": 20,
                                       "instruction_id": "40000000-0000-5000-8000-000000000003"}'));
SELECT refuses('a_payment_is_abandoned_by_approval', '23514', 'before it was undone',
    variant('abandoned_instruction', '{"abandonment_id": 2, "booked_on": "2026-11-21",
                                       "instruction_id": "40000000-0000-5000-8000-000000000003"}'));
UPDATE settlement_window SET state = 'CLOSING';
UPDATE settlement_window SET state = 'CLOSED';
UPDATE settlement_window SET state = 'INSTRUCTED';
UPDATE settlement_window SET state = 'FAILED';
SELECT refuses('a_window_goes_on_when_all_is_decided', '23514', 'while something waits',
    'UPDATE settlement_window SET state = ''INSTRUCTED''');
SAVEPOINT waiting;
INSERT INTO abandoned_instruction
VALUES ('40000000-0000-5000-8000-000000000003', 2, :window_id, 19, '2026-11-23', 2);
SELECT is_empty('SELECT FROM rejected_instruction', 'nothing waits any more');
SELECT refuses('a_window_is_reopened_by_approval', '23514', 'nothing is left to reopen it for',
    'UPDATE settlement_window SET state = ''REOPENED''');
SELECT allows('sawa_settle', 'let the window go on',
    'UPDATE settlement_window SET state = ''INSTRUCTED''');
SELECT refuses('i3_abandoned_is_not_instructed_again', '23514', 'whoever would',
    'ALTER TABLE instruction DISABLE TRIGGER i3_attempt_follows_a_rejected_one;
     INSERT INTO instruction
     SELECT gen_random_uuid(), window_id, participant_id, counterparty_id, direction, account_id,
            amount_minor, currency, ''2026-11-24'', repeat(''7'', 32), ''PENDING'', 2, 2
       FROM instruction WHERE status = ''REJECTED''');
ROLLBACK TO waiting;

-- ---- the key of a live attempt ----
-- The experiment: with the key as it was, a payment that came back could never be made again, as it
-- is not REJECTED. The second attempt is of the fixture's returned one, as if nobody had settled it
-- outside.
ALTER TABLE abandoned_instruction DISABLE TRIGGER USER;
ALTER TABLE suspense_clearing DISABLE TRIGGER USER;
DELETE FROM suspense_clearing;
DELETE FROM suspense_balance;
DELETE FROM abandoned_instruction;
PREPARE again AS
    INSERT INTO instruction
    SELECT '40000000-0000-5000-8000-000000000019', window_id, participant_id, counterparty_id,
           direction, account_id, amount_minor, currency, '2026-11-24', repeat('7', 32), 'PENDING',
           2, 2
      FROM instruction WHERE status = 'RETURNED';
INSERT INTO reinstruction (reinstruction_id, window_id, settlement_date, reason, digest, maker,
                           commit_id)
    OVERRIDING SYSTEM VALUE
VALUES (2, :window_id, '2026-11-24', 'account corrected',
        reinstruction_digest(:window_id, '2026-11-24'), 'ann', 2);
INSERT INTO reinstruction_approval (reinstruction_id, digest, maker, proposed_by, checker,
                                    commit_id)
SELECT 2, digest, 'ann', '', 'bob', 2 FROM reinstruction WHERE reinstruction_id = 2;
UPDATE settlement_window SET state = 'REOPENED';
SAVEPOINT old_key;
DROP INDEX i3_one_live_attempt;
CREATE UNIQUE INDEX i3_one_live_attempt
    ON instruction (window_id, participant_id, counterparty_id, direction)
 WHERE status <> 'REJECTED';
SELECT throws_ok('again', '23505', NULL, 'the old key refuses to pay what came back, for ever');
ROLLBACK TO old_key;
EXECUTE again;
SELECT refuses('i3_one_live_attempt', '23505', 'a third attempt while the second is on its way',
    'ALTER TABLE instruction DISABLE TRIGGER USER;
     INSERT INTO instruction
     SELECT gen_random_uuid(), window_id, participant_id, counterparty_id, direction, account_id,
            amount_minor, currency, ''2026-11-24'', repeat(''6'', 32), ''PENDING'', 2, 3
       FROM instruction WHERE attempt = 2');

-- ---- who may what ----
SELECT denies('sawa_relay', 'expect what comes back', tap.variant('expected_item'));
SELECT denies('sawa_settle', 'say that it comes back', tap.variant('payment_return'));
SELECT denies('sawa_settle', 'propose to settle outside', tap.variant('abandonment'));
SELECT denies('sawa_settle', 'approve it', tap.variant('abandonment_approval'));
SELECT denies('sawa_maker', 'approve it', tap.variant('abandonment_approval'));
SELECT denies('sawa_checker', 'book it', tap.variant('abandoned_instruction'));
SELECT denies('sawa_maker', 'propose in another''s name, or for longer',
    'INSERT INTO abandonment (instruction_id, approve_until)
     VALUES (gen_random_uuid(), now())');
SELECT denies('sawa_checker', 'approve in another''s name',
    'INSERT INTO abandonment_approval (abandonment_id, checker) VALUES (1, ''x'')');

SELECT * FROM finish();
ROLLBACK;
