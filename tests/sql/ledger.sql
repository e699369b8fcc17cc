-- Periods of the books close by two people and stay closed; the digest is of the balance.
\ir lib/begin.sql

-- A proposal that nothing is wrong with, but for the changes.
CREATE FUNCTION pg_temp.proposal(changed jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT format('INSERT INTO period_proposal (proposal_id, action, last_date, reason, valid_hours,
                       maker, proposed_by, proposed_at, state, commit_id)
                   OVERRIDING SYSTEM VALUE
                   SELECT proposal_id, action, last_date, reason, valid_hours, maker, proposed_by,
                          proposed_at, state, 2
                     FROM jsonb_populate_record(NULL::period_proposal, %L)',
                  '{"proposal_id": 9, "action": "CLOSE", "last_date": "2021-12-31", "reason": "",
                    "valid_hours": 24, "maker": "maker", "proposed_by": "", "state": "PROPOSED"}'
                      ::jsonb || jsonb_build_object('proposed_at', clock_timestamp()) || changed)
$$;
CREATE FUNCTION pg_temp.decision(of_proposal bigint, changed jsonb DEFAULT '{}') RETURNS text
    LANGUAGE sql AS $$
    SELECT format('INSERT INTO period_decision (proposal_id, verdict, digest, reason, checker,
                       decided_by, commit_id)
                   SELECT proposal.proposal_id, given.verdict,
                          coalesce(given.digest, proposal.digest), '''', given.checker,
                          given.decided_by, 2
                     FROM period_proposal AS proposal,
                          jsonb_populate_record(NULL::period_decision, %L) AS given
                    WHERE proposal.proposal_id = %s',
                  '{"verdict": "APPROVED", "checker": "checker", "decided_by": ""}'::jsonb
                      || changed, of_proposal)
$$;
CREATE FUNCTION pg_temp.window_on(day date) RETURNS text LANGUAGE sql AS $$
    SELECT format('INSERT INTO settlement_window (window_id, corridor_id, corridor_version,
                       business_date, sequence, opens_at, cut_off, grace_ends_at, state)
                   VALUES ((1::bigint << 32) | ((%L::date - DATE ''2000-01-01'')::bigint << 8) | 1,
                           1, 1, %1$L, 1, %1$L::date - 1, %1$L, %1$L, ''FAILED'')', day)
$$;
CREATE FUNCTION pg_temp.entry_on(day date) RETURNS text LANGUAGE sql AS $$
    SELECT format('INSERT INTO journal_entry VALUES (2, 9, 2, 3, 1, ''KES'', %L, NULL)', day)
$$;

-- Windows in whatever state: what a period asks of them is not how they came there.
ALTER TABLE settlement_window DISABLE TRIGGER a_window_begins_open,
                              DISABLE TRIGGER window_moves_along_its_arrows;

-- ---- closed is closed ----
SELECT refuses('closed_periods_take_no_entry', '55000', 'the last closed day',
    pg_temp.entry_on('2020-12-31'));
SELECT refuses('closed_periods_take_no_entry', '55000', 'long before it',
    pg_temp.entry_on('1999-01-01'));
SELECT is((SELECT state || ' ' || broken FROM attempt(role_name, pg_temp.entry_on('2020-12-31'))),
    '55000 closed_periods_take_no_entry', role_name || ' books nothing there')
  FROM unnest(ARRAY['sawa_ingest', 'sawa_settle', 'sawa_checker', 'sawa_replay']) AS role_name;
SELECT allows('sawa_settle', 'book the day after it', pg_temp.entry_on('2021-01-01'));
SELECT refuses('closed_periods_take_no_window', '55000', 'a window that could never close',
    pg_temp.window_on('2020-06-01'));
SELECT refuses('closed_periods_reopen_no_window', '55000', 'a window of a closed period',
    'ALTER TABLE settlement_window DISABLE TRIGGER closed_periods_take_no_window;'
    || pg_temp.window_on('2020-06-01')
    || '; UPDATE settlement_window SET state = ''REOPENED'' WHERE business_date = ''2020-06-01''');

-- ---- proposals ----
SELECT refuses('proposal_expires', '23514', 'valid for no hour', pg_temp.proposal(
    '{"valid_hours": 0}'));
SELECT refuses('reopening_has_a_reason', '23514', 'blanks are none', pg_temp.proposal(
    '{"action": "REOPEN", "last_date": "2020-12-31", "reason": " "}'));
SELECT refuses('periods_close_in_order', '23514', 'a day that is closed', pg_temp.proposal(
    '{"last_date": "2020-12-31"}'));
SELECT refuses('the_last_period_reopens', '23514', 'half a period', pg_temp.proposal(
    '{"action": "REOPEN", "last_date": "2020-06-30", "reason": "x"}'));
SELECT refuses('a_period_closes_when_it_is_over', '23514', 'a day to come', pg_temp.proposal(
    '{"last_date": "2199-12-31"}'));
SELECT refuses('a_period_closes_after_its_windows', '23514', 'a window of its days is held',
    replace(pg_temp.window_on('2021-06-01'), 'FAILED', 'HELD') || ';' || pg_temp.proposal('{}'));
SELECT allows('sawa_owner', 'propose after the windows of a period have failed or settled',
    pg_temp.window_on('2021-06-01') || ';' || pg_temp.proposal('{}'));
SELECT refuses('one_proposal_stands', '23505', 'a second one beside it',
    'ALTER TABLE period_proposal DISABLE TRIGGER a_proposal_replaces_another;
     INSERT INTO period_proposal (proposal_id, action, last_date, digest, valid_hours, expires_at,
                                  commit_id) OVERRIDING SYSTEM VALUE
     VALUES (9, ''CLOSE'', ''2021-12-31'', sha256(''x''), 1, now(), 2)');
SELECT is((SELECT string_agg(state, ' ' ORDER BY proposal_id) FROM period_proposal),
    'APPROVED REPLACED PROPOSED', 'a_proposal_replaces_another: the one before does not stand');
SELECT refuses('a_proposal_moves_once', '23514', 'another reason afterwards',
    'UPDATE period_proposal SET reason = ''x''');
SELECT refuses('a_proposal_moves_once', '23514', 'an approval that comes back',
    'UPDATE period_proposal SET state = ''REJECTED'' WHERE state = ''APPROVED''');
SELECT refuses('proposals_stay', '23001', 'a DELETE', 'DELETE FROM period_proposal');

-- ---- decisions ----
SELECT refuses('maker_is_not_checker', '23514', 'one login is both', pg_temp.decision(3,
    '{"checker": "maker"}'));
SELECT refuses('maker_is_not_checker', '23514', 'one person with two logins', pg_temp.decision(3,
    '{"decided_by": "ann"}'));
SELECT refuses('decided_is_what_stands', '23514', 'a proposal that was replaced',
    pg_temp.decision(2));
SELECT refuses('approved_is_what_was_proposed', '23514', 'another digest', pg_temp.decision(3,
    jsonb_build_object('digest', sha256('other'))));
SELECT refuses('approval_comes_in_time', '23514', 'a day too late',
    pg_temp.proposal('{"proposed_at": "2022-01-01Z"}') || ';' || pg_temp.decision(9));
SELECT refuses('approved_is_the_balance_as_it_is', '23514', 'an entry came meanwhile',
    pg_temp.proposal('{}') || ';' || pg_temp.entry_on('2021-05-05') || ';' || pg_temp.decision(9));
SELECT refuses('a_period_closes_after_its_windows', '23514', 'a window came meanwhile',
    pg_temp.proposal('{}') || ';' || replace(pg_temp.window_on('2021-06-01'), 'FAILED', 'OPEN')
    || ';' || pg_temp.decision(9));
SELECT allows('sawa_owner', 'reject a proposal whose balance has changed',
    pg_temp.proposal('{}') || ';' || pg_temp.entry_on('2021-05-05') || ';'
    || pg_temp.decision(9, '{"verdict": "REJECTED"}'));
SELECT refuses('decisions_are_immutable', '23001', 'another verdict',
    'UPDATE period_decision SET verdict = ''REJECTED''');
SELECT is((SELECT state || ' ' || (digest = trial_balance_digest('2020-12-31'))
             FROM accounting_period), 'CLOSED true',
    'a_period_takes_two_people: then it is closed with the digest of its balance');

-- ---- periods ----
SELECT refuses('periods_move_by_decision', '23514', 'by hand',
    'UPDATE accounting_period SET state = ''REOPENED''');
SELECT refuses('periods_move_by_decision', '23514', 'to another day',
    'UPDATE accounting_period SET last_date = ''2020-06-30''');
SELECT refuses('period_has_days', '23514', 'none', variant('accounting_period',
    '{"after_date": "2020-12-31"}'));
SELECT refuses('period_follows_another', '23503', 'after a day that ends none',
    'ALTER TABLE accounting_period DISABLE TRIGGER periods_move_by_decision;'
    || variant('accounting_period', '{"last_date": "2021-12-31", "after_date": "2021-01-31"}'));
SELECT refuses('one_period_follows_another', '23505', 'a second first one',
    'ALTER TABLE accounting_period DISABLE TRIGGER periods_move_by_decision;'
    || variant('accounting_period', '{"last_date": "2021-12-31"}'));
SELECT refuses('periods_stay', '23001', 'a DELETE', 'DELETE FROM accounting_period');

-- The chain: a second period follows the first, opens again, and only it.
SELECT lives_ok(pg_temp.proposal('{}') || ';' || pg_temp.decision(9), 'the next period closes');
SELECT is((SELECT string_agg(coalesce(after_date::text, '-') || ' ' || last_date || ' ' || state,
                             ', ' ORDER BY last_date) FROM accounting_period),
    '- 2020-12-31 CLOSED, 2020-12-31 2021-12-31 CLOSED', 'after the one before it');
SELECT refuses('the_last_period_reopens', '23514', 'the first, while the second is closed',
    pg_temp.proposal('{"proposal_id": 10, "action": "REOPEN", "last_date": "2020-12-31",
                       "reason": "x"}'));
SELECT lives_ok(pg_temp.proposal('{"proposal_id": 10, "action": "REOPEN", "last_date": "2021-12-31",
                                   "reason": "x"}') || ';' || pg_temp.decision(10),
    'the last one opens again');
SELECT allows('sawa_settle', 'book in a reopened period', pg_temp.entry_on('2021-05-05'));
SELECT refuses('closed_periods_take_no_entry', '55000', 'the one before it stays closed',
    pg_temp.entry_on('2020-05-05'));
SELECT refuses('periods_close_in_order', '23514', 'half of a period that was reopened',
    pg_temp.proposal('{"proposal_id": 11, "last_date": "2021-06-30"}'));

-- ---- who ----
SELECT denies('sawa_maker', 'decide', pg_temp.decision(10));
SELECT denies('sawa_checker', 'propose', pg_temp.proposal('{}'));
SELECT denies('sawa_maker', 'propose in another''s name',
    'INSERT INTO period_proposal (action, maker) VALUES (''CLOSE'', ''x'')');
SELECT denies('sawa_checker', 'approve in another''s name',
    'INSERT INTO period_decision (proposal_id, checker) VALUES (3, ''x'')');
SELECT denies(role_name, 'close a period by hand',
    'INSERT INTO accounting_period VALUES (''2022-12-31'', ''2021-12-31'', ''CLOSED'', '''', 9)')
  FROM unnest(ARRAY['sawa_maker', 'sawa_checker', 'sawa_settle', 'sawa_reader']) AS role_name;
SELECT lives_ok('ALTER TABLE period_proposal ALTER COLUMN proposal_id RESTART WITH 20',
    'ids of the fixture are taken');
SELECT allows('sawa_maker', 'propose',
    'INSERT INTO period_proposal (action, last_date, reason, valid_hours, proposed_by, commit_id)
     VALUES (''CLOSE'', ''2021-12-31'', '''', 24, ''ann'', 2)');
SELECT allows('sawa_reader', 'compute the digest', 'SELECT trial_balance_digest(''2021-12-31'')');

-- ---- figures ----
SELECT is((SELECT string_agg(concat_ws(' ', code, opening_minor, debit_minor, credit_minor), ', '
                             ORDER BY code) FROM trial_balance(NULL, '2026-11-20')),
    'owed-1-kes 0 805 0, owed-2-kes 0 0 805', 'a trial balance');
SELECT is((SELECT string_agg(concat_ws(' ', code, opening_minor, debit_minor, credit_minor), ', '
                             ORDER BY code) FROM trial_balance('2026-11-21', '2026-11-21')),
    'owed-1-kes 805 0 0, owed-2-kes -805 0 0', 'a day later the turnover is the opening balance');
SELECT is(trial_balance_digest('2026-11-20'), sha256(convert_to(
    E'sawa trial balance 1\n2026-11-20\nKES\towed-1-kes\t805\t0\nKES\towed-2-kes\t0\t805\n',
    'UTF8')),
    'its digest is of plain lines');
SELECT is((SELECT string_agg(DISTINCT kind || ' ' || normal_side, ', ' ORDER BY kind || ' '
                             || normal_side) FROM chart_of_accounts),
    'BANK_CHARGES DEBIT, FEE_INCOME CREDIT, FX_GAIN_LOSS EITHER, FX_POSITION EITHER, '
    'GAIN_LOSS EITHER, NOSTRO DEBIT, OBLIGATION EITHER, OPENING CREDIT, SUSPENSE EITHER, '
    'TAX_PAYABLE CREDIT',
    'the chart tells the normal side');

-- ---- what a closed period brings forward ----
CREATE FUNCTION pg_temp.carried() RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(concat_ws(' ', last_date, code, debit_minor, credit_minor), ', '
                               ORDER BY last_date, code), 'nothing')
      FROM period_balance JOIN account USING (account_id)
$$;
SELECT is(pg_temp.carried(), '2020-12-31 owed-1-kes 5 0, 2020-12-31 owed-2-kes 0 5',
    'a_closed_period_is_brought_forward: with what it has');
SELECT lives_ok(pg_temp.entry_on('2021-05-05') || ';'
    || pg_temp.proposal('{"proposal_id": 30}') || ';' || pg_temp.decision(30),
    'the second period closes again, with an entry');
SELECT is(pg_temp.carried(),
    '2020-12-31 owed-1-kes 5 0, 2020-12-31 owed-2-kes 0 5, '
    || '2021-12-31 owed-1-kes 6 0, 2021-12-31 owed-2-kes 0 6', 'what came before is in it');
SELECT is((SELECT string_agg(concat_ws(' ', code, opening_minor, debit_minor, credit_minor), ', '
                             ORDER BY code) FROM trial_balance(NULL, '2026-11-20')),
    'owed-1-kes 0 806 0, owed-2-kes 0 0 806', 'a later balance has it once');
SELECT is((SELECT string_agg(concat_ws(' ', code, opening_minor, debit_minor, credit_minor), ', '
                             ORDER BY code) FROM trial_balance('2022-01-01', '2026-11-20')),
    'owed-1-kes 6 800 0, owed-2-kes -6 0 800', 'as opening balance of the days behind it');
SELECT is((SELECT string_agg(concat_ws(' ', code, opening_minor, debit_minor, credit_minor), ', '
                             ORDER BY code) FROM trial_balance('2021-02-01', '2026-11-20')),
    'owed-1-kes 5 801 0, owed-2-kes -5 0 801', 'a span that begins within it is added up');
SELECT is((SELECT string_agg(concat_ws(' ', currency, entry_count, amount_minor), ', ')
             FROM entry_totals(NULL, '2026-11-20')), 'KES 3 806', 'entries are counted with it');
SELECT is((SELECT string_agg(concat_ws(' ', currency, entry_count, amount_minor), ', ')
             FROM entry_totals('2022-01-01', '2026-11-20')), 'KES 1 800', 'or without');
SELECT is_empty('SELECT * FROM period_balance_differences()', 'it is what the entries say');
SELECT results_eq(
    $$WITH changed AS (UPDATE period_balance SET debit_minor = 7 WHERE debit_minor = 6
                       RETURNING 1) SELECT count(*) FROM changed$$, 'VALUES (1::bigint)',
    'a balance that somebody altered');
SELECT is((SELECT concat_ws(' ', last_date, account_id, carried_debit_minor, debit_minor)
             FROM period_balance_differences()), '2021-12-31 2 7 6', 'is found');
SELECT lives_ok('UPDATE period_balance SET debit_minor = 6 WHERE debit_minor = 7;'
    || pg_temp.proposal('{"proposal_id": 31, "action": "REOPEN", "last_date": "2021-12-31",
                          "reason": "x"}') || ';' || pg_temp.decision(31),
    'the period opens again');
SELECT is(pg_temp.carried(), '2020-12-31 owed-1-kes 5 0, 2020-12-31 owed-2-kes 0 5',
    'and brings nothing forward any more');
SELECT denies(role_name, 'write what is brought forward',
    'INSERT INTO period_balance VALUES (''2020-12-31'', 2, 1, 0)')
  FROM unnest(ARRAY['sawa_maker', 'sawa_checker', 'sawa_settle', 'sawa_reader']) AS role_name;

SELECT * FROM finish();
ROLLBACK;
