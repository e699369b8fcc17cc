-- Customers' payments, one by one: where they may go, that an instruction is its payment, what is
-- sealed and what goes with its day.
\ir lib/begin.sql

-- ---- the book ----
SELECT refuses('customer_payments_go_gross', '23514', 'of a corridor that nets',
    variant('corridor_customer_payment', '{"corridor_id": 1}'));
SELECT refuses('customer_payments_go_gross', '23514', 'of one that lets small amounts wait',
    'ALTER TABLE corridor_customer_payment DISABLE TRIGGER corridor_customer_payments_are_immutable;
     DELETE FROM corridor_customer_payment;
     INSERT INTO corridor_limit VALUES (2, 1, 50);
     INSERT INTO corridor_customer_payment VALUES (2, 1)');
SELECT refuses('corridor_customer_payments_are_immutable', '23001', 'no more of them afterwards',
    'DELETE FROM corridor_customer_payment');
SELECT refuses('customer_payments_name_the_charge_bearer', '23514', 'and nobody bears the charges',
    variant('bank_profile', '{"version": 2, "effective_from": "2026-02-01",
                              "message": "pacs.008.001.08"}'));
SELECT refuses('customer_payments_name_the_charge_bearer', '23514', 'where no message has a place',
    variant('bank_profile', '{"version": 2, "effective_from": "2026-02-01",
                              "charge_bearer": "SHAR"}'));

-- ---- what is sealed ----
SELECT refuses('i3_customer_payment_once', '23505', 'other parties beside the first',
    variant('customer_payment'));
SELECT refuses('customer_payments_are_immutable', '23001', 'other parties afterwards',
    'UPDATE customer_payment SET sealed = repeat(''t'', 29)::bytea');
SELECT refuses('sealed_contents_are_immutable', '23001', 'other bytes afterwards',
    'UPDATE sealed_content SET sealed = ''other''');
SELECT refuses('payment_file_digest_is_of_its_content', '23514', 'sealed, and in clear beside it',
    variant('payment_file', '{"file_id": "60000000-0000-5000-8000-000000000009",
                              "message_id": "60000000000050008000000000000009",
                              "is_sealed": true}'));
SELECT refuses('payment_reply_digest_is_of_its_content', '23514', 'an answer, likewise',
    variant('payment_reply', '{"reply_id": 99, "is_sealed": true}'));

-- ---- an instruction is its payment ----
CREATE FUNCTION pg_temp.instructed(changed jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
    SELECT format('INSERT INTO instruction SELECT (jsonb_populate_record(base, %L)).*'
                  ' FROM instruction AS base'
                  ' WHERE instruction_id = ''40000000-0000-5000-8000-000000000002'';',
                  '{"instruction_id": "40000000-0000-5000-8000-000000000051",
                    "counterparty_id": 1, "amount_minor": 100, "event_day": "2026-11-20",
                    "event_id": "01900000-0000-7000-8000-000000000001"}'::jsonb
                  || jsonb_build_object('end_to_end_id', repeat('5', 32)) || changed)
$$;
SELECT allows('sawa_settle', 'instruct a payment of its window', pg_temp.instructed());
SELECT refuses('i3_instructed_is_the_payment', '23514', 'of another amount',
    pg_temp.instructed('{"amount_minor": 99}'));
SELECT refuses('i3_instructed_is_the_payment', '23514', 'to who pays',
    pg_temp.instructed('{"participant_id": 1, "counterparty_id": 2}'));
SELECT refuses('i3_instructed_is_the_payment', '23514', 'that nobody made',
    pg_temp.instructed('{"event_id": "01900000-0000-7000-8000-000000000009"}'));
SELECT refuses('i3_instructed_is_the_payment', '23514', 'whose parties nobody knows',
    'DELETE FROM customer_payment;' || pg_temp.instructed());
SELECT refuses('instruction_names_a_whole_payment', '23514', 'its day and not its id',
    pg_temp.instructed('{"event_id": "00000000-0000-0000-0000-000000000000"}'));
SELECT refuses('instruction_names_a_whole_payment', '23514', 'what is collected is no customer''s',
    pg_temp.instructed('{"direction": "COLLECT"}'));
SELECT refuses('i3_one_live_attempt', '23505', 'the same payment in two ways',
    pg_temp.instructed() || 'ALTER TABLE instruction DISABLE TRIGGER USER;'
    || pg_temp.instructed('{"instruction_id": "40000000-0000-5000-8000-000000000052",
                            "attempt": 2, "end_to_end_id": "55555555555555555555555555555552"}'));
SELECT refuses('i3_instruction_once', '23505', 'the same payment twice',
    pg_temp.instructed() || 'DROP INDEX i3_one_live_attempt;'
    || pg_temp.instructed('{"instruction_id": "40000000-0000-5000-8000-000000000052",
                            "end_to_end_id": "55555555555555555555555555555552"}'));

-- ---- a file names customers, sealed, or none ----
CREATE FUNCTION pg_temp.filed(changed jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.instructed()
           || variant('payment_file',
                      '{"file_id": "60000000-0000-5000-8000-000000000009",
                        "message_id": "60000000000050008000000000000009",
                        "control_sum_minor": 100, "signatures_needed": 1}'::jsonb || changed)
           || ';INSERT INTO payment_file_item VALUES (''60000000-0000-5000-8000-000000000009'', 1,
                                                      ''40000000-0000-5000-8000-000000000051'')'
$$;
SELECT refuses('customer_payments_go_sealed', '23514', 'a customer''s payment in clear',
    pg_temp.filed());
SELECT refuses('customer_payments_go_sealed', '23514', 'to a bank that takes none',
    pg_temp.filed(jsonb_build_object('is_sealed', true, 'content', '\x',
                                     'digest', sha256('named'))));
SELECT refuses('customer_payments_go_sealed', '23514', 'whose bytes nobody kept',
    'INSERT INTO bank_profile SELECT (jsonb_populate_record(base,
         ''{"version": 2, "effective_from": "2026-02-01", "message": "pacs.008.001.08",
            "charge_bearer": "SHAR"}'')).* FROM bank_profile AS base;'
    || pg_temp.filed(jsonb_build_object('is_sealed', true, 'content', '\x',
                                        'digest', sha256('lost'), 'profile_version', 2)));
SELECT is(payment_file_message('pacs.008.001.08', false), 'pacs.009.001.08',
          'what is no customer''s goes by pacs.009');
SELECT is(payment_file_message('pain.001.001.09', false), 'pain.001.001.09', 'others as they are');

-- ---- what goes with its day ----
SELECT customer_payments_erase('2026-11-19') \g /dev/null
SELECT is((SELECT count(*) FROM customer_payment), 1::bigint, 'another day erases nobody');
SELECT customer_payments_erase('2026-11-20') \g /dev/null
SELECT is((SELECT count(*) FROM customer_payment), 0::bigint, 'parties go with their day');
SELECT is((SELECT count(*) FROM sealed_content), 1::bigint, 'bytes that name nobody of it stay');

-- ---- who may what ----
SELECT denies(role, 'open who pays whom', 'SELECT sealed FROM customer_payment')
  FROM unnest(ARRAY['sawa_ingest', 'sawa_settle', 'sawa_reader', 'sawa_archive', 'sawa_replay',
                    'sawa_maker', 'sawa_checker', 'sawa_report']) AS role;
SELECT denies(role, 'open a file that names customers', 'SELECT sealed FROM sealed_content')
  FROM unnest(ARRAY['sawa_ingest', 'sawa_settle', 'sawa_reader', 'sawa_archive', 'sawa_maker',
                    'sawa_checker']) AS role;
SELECT denies('sawa_relay', 'erase', 'DELETE FROM customer_payment');
SELECT denies('sawa_archive', 'erase by itself', 'SELECT customer_payments_erase(''2026-11-20'')');
SELECT allows('sawa_relay', 'open what it sends', 'SELECT sealed FROM customer_payment');

SELECT * FROM finish();
ROLLBACK;
