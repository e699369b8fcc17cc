-- What the one door lets through, tried with the program's own role; and why the key of instruction
-- had to grow by its attempt.
\ir lib/begin.sql

-- Every move from each state to each other, by sawa_settle: what has no arrow is refused. What an
-- arrow asks for beyond itself is there: nobody holds the window, and the reopening is approved.
ALTER TABLE settlement_window DISABLE TRIGGER window_moves_along_its_arrows;
CREATE FUNCTION pg_temp.moves(from_state text, to_state text) RETURNS text
    LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    UPDATE settlement_window SET state = from_state;
    ALTER TABLE settlement_window ENABLE TRIGGER window_moves_along_its_arrows;
    SELECT coalesce(attempt.broken, '') INTO answer
      FROM tap.attempt('sawa_settle', format('UPDATE settlement_window SET state = %L', to_state))
           AS attempt;
    ALTER TABLE settlement_window DISABLE TRIGGER window_moves_along_its_arrows;
    RETURN answer;
END
$$;
CREATE TEMPORARY TABLE state AS
    SELECT unnest(ARRAY['OPEN', 'CLOSING', 'CLOSED', 'INSTRUCTED', 'SETTLED', 'FAILED', 'HELD',
                        'REOPENED']) AS name;
SELECT is(pg_temp.moves(before.name, after.name),
          CASE WHEN arrow.to_state IS NULL THEN 'window_moves_along_its_arrows'
               WHEN (before.name, after.name) = ('FAILED', 'INSTRUCTED') -- something waits
                   THEN 'a_window_goes_on_when_all_is_decided'
               ELSE '' END,
          format('%s to %s, as the table says', before.name, after.name))
  FROM state AS before
  JOIN state AS after ON before.name <> after.name
  LEFT JOIN window_transition AS arrow ON arrow.from_state = before.name
                                      AND arrow.to_state = after.name
 ORDER BY before.name, after.name;

-- ---- what two arrows ask for ----
UPDATE settlement_window SET state = 'OPEN';
INSERT INTO settlement_hold (hold_id, window_id, reason, login, commit_id)
    OVERRIDING SYSTEM VALUE VALUES (2, :window_id, 'asked', 'ann', 2);
UPDATE settlement_window SET state = 'CLOSING';
ALTER TABLE settlement_window ENABLE TRIGGER window_moves_along_its_arrows;
SELECT refuses('a_held_window_does_not_close', '23514', 'while somebody holds it',
    'UPDATE settlement_window SET state = ''CLOSED''');
SELECT allows('sawa_settle', 'say that it is held',
    'UPDATE settlement_window SET state = ''HELD'', hold_reason = ''by hand: asked''');
INSERT INTO settlement_hold_release (hold_id, window_id, maker, held_by, checker, reason, commit_id)
SELECT hold_id, window_id, login, held_by, 'bob', 'cleared', 2 FROM settlement_hold WHERE is_live;
SELECT is((SELECT count(*) FROM settlement_hold WHERE is_live), 0::bigint,
    'settlement_hold_ends: a hold ends with its release');
UPDATE settlement_window SET state = 'CLOSED';
SELECT refuses('a_closed_window_is_not_held', '23514', 'it is too late to hold it',
    variant('settlement_hold', '{"hold_id": 3, "is_live": true}'));
UPDATE settlement_window SET state = 'INSTRUCTED';
UPDATE settlement_window SET state = 'FAILED';

-- ---- the key of instruction ----
-- The experiment: with the key as it was, a payment that a bank rejected could never be made, as
-- the second attempt is the same payment.
SAVEPOINT old_key;
ALTER TABLE instruction DROP CONSTRAINT i3_instruction_once,
    ADD CONSTRAINT i3_instruction_once
        UNIQUE (window_id, participant_id, counterparty_id, direction);
UPDATE settlement_window SET state = 'REOPENED';
PREPARE again AS
    INSERT INTO instruction
    SELECT '40000000-0000-5000-8000-000000000004', window_id, participant_id, counterparty_id,
           direction, account_id, amount_minor, currency, '2026-11-23', repeat('f', 32), 'PENDING',
           2, 2
      FROM instruction WHERE status = 'REJECTED';
SELECT throws_ok('again', '23505', NULL, 'the old key refuses to pay a rejected amount, for ever');
ROLLBACK TO old_key;

SELECT refuses('i3_attempt_follows_a_rejected_one', '23514', 'in a window that is not reopened',
    'EXECUTE again');
SAVEPOINT expired;
ALTER TABLE reinstruction DISABLE TRIGGER USER;
UPDATE reinstruction SET approve_until = '2026-01-01Z';
SELECT refuses('a_window_is_reopened_by_approval', '23514', 'by one that has expired',
    'UPDATE settlement_window SET state = ''REOPENED''');
ROLLBACK TO expired;
UPDATE settlement_window SET state = 'REOPENED';
SELECT refuses('i3_attempt_follows_a_rejected_one', '23514', 'of another amount',
    variant('instruction', jsonb_build_object('instruction_id', gen_random_uuid(), 'attempt', 2,
        'participant_id', 2, 'counterparty_id', 1, 'amount_minor', 601,
        'end_to_end_id', repeat('f', 32))));
SELECT refuses('i3_attempt_follows_a_rejected_one', '23514', 'of what nobody rejected',
    variant('instruction', jsonb_build_object('instruction_id', gen_random_uuid(), 'attempt', 2,
        'status', 'REJECTED', 'end_to_end_id', repeat('f', 32))));
EXECUTE again;
SELECT refuses('i3_one_live_attempt', '23505', 'a third attempt while the second is on its way',
    'ALTER TABLE instruction DISABLE TRIGGER USER;'
    || variant('instruction', jsonb_build_object('instruction_id', gen_random_uuid(), 'attempt', 3,
        'participant_id', 2, 'counterparty_id', 1, 'amount_minor', 600,
        'end_to_end_id', repeat('9', 32))));
SELECT refuses('i3_instruction_once', '23505', 'the second attempt twice',
    'ALTER TABLE instruction DISABLE TRIGGER USER; DROP INDEX i3_one_live_attempt;'
    || variant('instruction', jsonb_build_object('instruction_id', gen_random_uuid(), 'attempt', 2,
        'participant_id', 2, 'counterparty_id', 1, 'end_to_end_id', repeat('9', 32))));
SELECT is_empty('SELECT FROM rejected_instruction', 'nothing waits any more');
UPDATE settlement_window SET state = 'INSTRUCTED';
UPDATE settlement_window SET state = 'FAILED';
SELECT refuses('a_window_is_reopened_by_approval', '23514', 'an approval is used once',
    'UPDATE settlement_window SET state = ''REOPENED''');

-- ---- a bank that contradicts its rejection ----
ROLLBACK TO expired;
INSERT INTO payment_status
SELECT reply_id, 2, 'TRANSACTION', 'M-1', '40000000-0000-5000-8000-000000000003', 'ACSC', '', '',
       'CONTRADICTS' FROM payment_reply;
SELECT refuses('i3_contradicted_is_not_paid_again', '23514', 'nobody approves it',
    variant('reinstruction', '{"reinstruction_id": 2}') || ';'
    || variant('reinstruction_approval', '{"reinstruction_id": 2}'));
UPDATE settlement_window SET state = 'REOPENED';
SELECT refuses('i3_attempt_follows_a_rejected_one', '23514', 'nor instructs it', 'EXECUTE again');
ROLLBACK TO expired;
UPDATE settlement_window SET state = 'REOPENED';
EXECUTE again;
INSERT INTO payment_status
SELECT reply_id, 2, 'TRANSACTION', 'M-1', '40000000-0000-5000-8000-000000000003', 'ACSC', '', '',
       'CONTRADICTS' FROM payment_reply;
INSERT INTO payment_file_signature
VALUES ('60000000-0000-5000-8000-000000000001', 'bob', 'bob', true, sha256('xml'), now(), 2);
SELECT allows('sawa_relay', 'release a file that is signed',
    'UPDATE payment_file SET state = ''RELEASED''');
UPDATE payment_file_item SET instruction_id = '40000000-0000-5000-8000-000000000004';
SELECT refuses('i3_contradicted_is_not_paid_again', '23514', 'nor releases its file',
    'UPDATE payment_file SET state = ''RELEASED''');

-- ---- who may what ----
SELECT denies('sawa_settle', 'hold a window', tap.variant('settlement_hold', '{"hold_id": 9}'));
SELECT denies('sawa_settle', 'release one', tap.variant('settlement_hold_release'));
SELECT denies('sawa_settle', 'propose to pay again', tap.variant('reinstruction'));
SELECT denies('sawa_settle', 'approve it', tap.variant('reinstruction_approval'));
SELECT denies('sawa_maker', 'approve it', tap.variant('reinstruction_approval'));
SELECT denies('sawa_maker', 'hold in another''s name',
    'INSERT INTO settlement_hold (window_id, login) VALUES (1, ''x'')');
SELECT denies('sawa_maker', 'propose in another''s name, or for longer',
    'INSERT INTO reinstruction (window_id, approve_until) VALUES (1, now())');
SELECT denies('sawa_checker', 'approve in another''s name',
    'INSERT INTO reinstruction_approval (reinstruction_id, checker) VALUES (1, ''x'')');
SELECT denies('sawa_checker', 'move a window', 'UPDATE settlement_window SET state = ''CLOSED''');
SELECT denies('sawa_relay', 'withdraw an item', tap.variant('withdrawal'));
SELECT denies('sawa_settle', 'make another arrow',
    'INSERT INTO window_transition VALUES (''OPEN'', ''SETTLED'', ''x'')');

SELECT * FROM finish();
ROLLBACK;
