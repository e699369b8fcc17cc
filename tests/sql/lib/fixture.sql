-- One valid row, or a few, in every table: what the tests bend. Runs inside the caller's
-- transaction, as the owner; :window_id is the window's.

SET LOCAL ROLE sawa_owner;

INSERT INTO commit_log (commit_id, action, worker) VALUES (1, 'ingest', 'w'), (2, 'close', 'w');
INSERT INTO audit_leaf (commit_id, leaf, leaf_hash)
VALUES (1, 'leaf 1', sha256('leaf 1')), (2, 'leaf 2', sha256('leaf 2'));

-- The first change is decided in this transaction, the second waits, the third is too late.
INSERT INTO corridor_change (change_id, definition, holidays, digest, reason, maker, proposed_at,
                             expires_at, commit_id)
    OVERRIDING SYSTEM VALUE
SELECT change_id, definition, 'KE', sha256(convert_to(definition, 'UTF8') || '\x004b45'::bytea),
       'why', 'maker', proposed_at, proposed_at + interval '1 day', 2
  FROM (VALUES (101, 'yaml BANKKENA KE01 KE02', clock_timestamp()),
               (102, 'yaml', clock_timestamp()),
               (103, 'yaml', '2026-01-01Z')) AS one (change_id, definition, proposed_at);
INSERT INTO corridor_decision (change_id, decision, digest, maker, checker, commit_id)
SELECT change_id, 'APPROVED', digest, maker, 'checker', 2 FROM corridor_change
 WHERE change_id = 101;

INSERT INTO participant
VALUES (1, 'BANKKE01', 'Bank A', 'KE'), (2, 'WALLETNG02', 'Wallet B', 'NG');
INSERT INTO account (account_id, code, kind, currency, participant_id, servicer_bic,
                     servicer_account, statement_format)
    OVERRIDING SYSTEM VALUE
VALUES (1, 'nostro-kes', 'NOSTRO', 'KES', NULL, 'BANKKENA', 'KE01', 'camt.053'),
       (2, 'owed-1-kes', 'OBLIGATION', 'KES', 1, NULL, NULL, NULL),
       (3, 'owed-2-kes', 'OBLIGATION', 'KES', 2, NULL, NULL, NULL),
       (4, 'owed-2-ngn', 'OBLIGATION', 'NGN', 2, NULL, NULL, NULL),
       (5, 'opening-kes', 'OPENING', 'KES', NULL, NULL, NULL, NULL),
       (6, 'nostro-kes-2', 'NOSTRO', 'KES', NULL, 'BANKKENA', 'KE02', 'mt940'),
       (7, 'income-kes', 'FEE_INCOME', 'KES', NULL, NULL, NULL, NULL),
       (8, 'tax-ke-kes', 'TAX_PAYABLE', 'KES', NULL, NULL, NULL, NULL),
       (19, 'SUSPENSE:KES', 'SUSPENSE', 'KES', NULL, NULL, NULL, NULL),
       (20, 'BANK_CHARGES:KES', 'BANK_CHARGES', 'KES', NULL, NULL, NULL, NULL),
       (23, 'GAIN_LOSS:KES', 'GAIN_LOSS', 'KES', NULL, NULL, NULL, NULL),
       (21, 'fx-position-ngn', 'FX_POSITION', 'NGN', NULL, NULL, NULL, NULL),
       (22, 'fx-gain-loss-ngn', 'FX_GAIN_LOSS', 'NGN', NULL, NULL, NULL, NULL);
INSERT INTO corridor
VALUES (1, 1, 'KES-NGN', '2026-01-01', 'KES', 'NGN', 'KES', 'MULTILATERAL', 1, 100000000,
        'yaml BANKKENA KE01 KE02', sha256('yaml'));
INSERT INTO corridor
VALUES (2, 1, 'UGX-KES', '2026-01-01', 'UGX', 'KES', 'KES', 'GROSS', 1, 100000000,
        'yaml BANKKENA KE01 KE02', sha256('yaml'));
INSERT INTO corridor_customer_payment VALUES (2, 1);
INSERT INTO corridor_participant VALUES (1, 1, 1), (1, 1, 2);
INSERT INTO corridor_fee
VALUES (1, 1, 1, 'SCHEME', 'DEBTOR_AGENT', 62, 0, 'KES', 'SLAB', 10, 500, 'HALF_UP', 1, 0, 1,
        160000000000, 'KE', 7, 8);
INSERT INTO corridor_fee_tier VALUES (1, 1, 1, 1, NULL, 0, 5000000000);
INSERT INTO corridor_limit VALUES (1, 1, 50);
INSERT INTO corridor_member VALUES (1, 1, 2, 1000, false, NULL);
INSERT INTO corridor_fx VALUES (1, 1, 'CBK', 'MID', 60, NULL, 'HALF_EVEN', 21, 22);

INSERT INTO source (source_id, kind, cluster_id, topic, partitions) OVERRIDING SYSTEM VALUE
VALUES (1, 'KAFKA', 'c', 'payments', 2);
INSERT INTO position (source_id, partition, next_offset, start_offset, epoch, watermark)
VALUES (1, 0, 110, 100, 3, '2026-11-20 12:00Z'), (1, 1, 0, 0, 0, '-infinity');
INSERT INTO batch VALUES (1, 1, 1, 0, 3, 100, 110, 10, 8, 1, 1, sha256('root'));
INSERT INTO data_key (scope, month, sealed_key) VALUES ('KE', '2026-11-01', 'sealed');
DO $$
BEGIN
    PERFORM ensure_day('payment', '2026-11-20'), ensure_day('batch_raw', '2026-11-20');
END
$$;
INSERT INTO batch_raw VALUES ('2026-11-20', 1, 1, 100, 'seed', 'sealed');
INSERT INTO parked (source_id, partition, record_offset, batch_id, reason, key_id, sealed,
                    content_digest)
VALUES (1, 0, 104, 1, 'undecodable', 1, 'sealed',
        '00000000-0000-0000-0000-000000000007');

SELECT (1::bigint << 32) | ((DATE '2026-11-20' - DATE '2000-01-01')::bigint << 8) | 1 AS window_id
\gset
INSERT INTO settlement_window (window_id, corridor_id, corridor_version, business_date, sequence,
                               opens_at, cut_off, grace_ends_at)
VALUES (:window_id, 1, 1, '2026-11-20', 1, '2026-11-19 14:00Z', '2026-11-20 14:00Z',
        '2026-11-20 14:30Z');
INSERT INTO window_cut VALUES (:window_id, 1, 0, 110, 'WATERMARK');
INSERT INTO window_delta (window_id, commit_id, payment_count, late_count, gross_minor, debtor_ids,
                          creditor_ids, counts, minors, lock_ids)
VALUES (:window_id, 1, 8, 0, 800, '{1}', '{2}', '{8}', '{800}', '{}');

INSERT INTO payment (event_id, transfer_id, content_digest, acceptance_time, batch_id,
                     record_offset, window_id, instructed_minor, settlement_minor, event_day,
                     debtor_agent_id, creditor_agent_id, corridor_id, kind, channel, late,
                     instructed_currency, settlement_currency, transaction_id, end_to_end_id)
VALUES ('01900000-0000-7000-8000-000000000001', '10000000-0000-8000-8000-000000000001',
        '20000000-0000-8000-8000-000000000001', '2026-11-20 12:00Z', 1, 100, :window_id, 100, 100,
        '2026-11-20', 1, 2, 1, 1, 2, false, 'KES', 'KES', 'T-1', 'E-1');
INSERT INTO customer_payment
VALUES ('2026-11-20', '01900000-0000-7000-8000-000000000001', :window_id, 1,
        repeat('s', 29)::bytea);
INSERT INTO sealed_content SELECT sha256('named'), key_id, 'sealed' FROM data_key;
INSERT INTO event_seen VALUES ('01900000-0000-5000-8000-000000000002', '2026-11-20');
INSERT INTO transfer_seen
VALUES ('10000000-0000-8000-8000-000000000002', '2026-11-20', '2026-11-21');

INSERT INTO journal_entry VALUES (1, 1, 2, 3, 800, 'KES', '2026-11-20', NULL),
                                 (1, 8, 2, 3, 5, 'KES', '2020-11-20', NULL); -- of a closed period
INSERT INTO fx_rate
VALUES ('01900000-0000-7000-8000-000000000011', 1, 105, 'CBK', 'KES', 'NGN', 110000000000,
        '2026-11-20Z', '2026-11-21Z', '20000000-0000-8000-8000-000000000011');
INSERT INTO fx_lock
VALUES ('01900000-0000-7000-8000-000000000012', '30000000-0000-8000-8000-000000000001', 1, 106, 1,
        'KES', 'NGN', 110000000000, 1000, '2026-11-20Z', '2026-11-21Z',
        '20000000-0000-8000-8000-000000000012');

INSERT INTO window_fold VALUES (:window_id, 1, 1, 8, 0, 800, '{1}', '{2}', '{8}', '{800}', '{}');
INSERT INTO obligation VALUES (:window_id, 1, 2, 8, 800, 'KES');
INSERT INTO fee_obligation VALUES (:window_id, 1, 1, 0, 8, 40, 'KES');
INSERT INTO window_fx
VALUES (:window_id, 2, 'CBK', 'MID', 'HALF_EVEN', '2026-11-20 13:59:59.999999Z', 'KES', 'NGN',
        110000000000, '01900000-0000-7000-8000-000000000011', false, NULL, NULL, 100, 1100, 50, 5);
INSERT INTO window_fx_lock
VALUES (:window_id, '30000000-0000-8000-8000-000000000001', 'IN_FORCE', 0, 50, 555, 550);
INSERT INTO net_position VALUES (:window_id, 1, 0, 800, 0, -800, 'KES');
INSERT INTO net_proof
VALUES (:window_id, 2, 1, 'MULTILATERAL', 'KES', 8, 0, 800, 1, 800, 2, 800, 800);
INSERT INTO instruction
VALUES ('40000000-0000-5000-8000-000000000001', :window_id, 1, 0, 'COLLECT', 1, 800, 'KES',
        '2026-11-21', repeat('a', 32), 'PENDING', 2);
INSERT INTO expected_item
VALUES ('50000000-0000-5000-8000-000000000001', 1, '40000000-0000-5000-8000-000000000001', NULL,
        :window_id, 1, 800, 'KES', '2026-11-20', '2026-11-21', '2026-11-23', repeat('a', 32), '',
        true, 2);

INSERT INTO statement_file (file_id, digest, name, size, state, received_at)
    OVERRIDING SYSTEM VALUE
VALUES (1, sha256('file'), 'a.xml', 100, 'LOADED', '2026-11-21Z');
INSERT INTO statement OVERRIDING SYSTEM VALUE
VALUES (1, 1, 1, 2, sha256('statement'), 1, 'KE01', 'KES', 'camt.053', '001.08', '1', 1, 'LOADED',
        '', 0, '2026-11-20', 800, '2026-11-21', 1, 1);
INSERT INTO statement_entry
VALUES ('60000000-0000-5000-8000-000000000001', 1, 1, NULL, 1, sha256('entry'), 1, 800, 'KES',
        '2026-11-21', '2026-11-21', '2026-11-21', false, false, repeat('a', 32), '', '', '', '', '',
        '', true);
INSERT INTO finding (file_id, statement_id, code, severity, entry, line, finding)
VALUES (1, 1, 'F', 'info', 0, 0, 'nothing');

-- Two statements that are held: one waits for a decision, the other was refused by two people.
INSERT INTO statement OVERRIDING SYSTEM VALUE
VALUES (2, 1, 2, 2, sha256('held'), 1, 'KE01', 'KES', 'camt.053', '001.08', '2', 1, 'HELD',
        'findings', 800, '2026-11-21', NULL, NULL, 1, 0),
       (3, 1, 3, 2, sha256('bad'), 1, 'KE01', 'KES', 'camt.053', '001.08', '3', 1, 'HELD',
        'findings', 800, '2026-11-21', NULL, NULL, 1, 0);
INSERT INTO statement_proposal (proposal_id, action, statement_id, code, reason, maker,
                                proposed_at, expires_at, commit_id)
    OVERRIDING SYSTEM VALUE
VALUES (1, 'HOLD', NULL, 'balance_mismatch', 'agreed', 'maker', now(), now() + interval '1 day', 2),
       (2, 'RELEASE', 2, NULL, 'confirmed', 'maker', now(), now() + interval '1 day', 2),
       (3, 'RELEASE', 2, NULL, 'late', 'maker', '2026-11-21Z', '2026-11-22Z', 2),
       (4, 'REFUSE', 3, NULL, 'a test file', 'maker', now(), now() + interval '1 day', 2),
       (5, 'RELEASE', 3, NULL, 'or not', 'maker', now(), now() + interval '1 day', 2);
INSERT INTO statement_decision (proposal_id, decision, maker, checker, reason, commit_id)
VALUES (1, 'APPROVED', 'maker', 'checker', 'agreed', 2),
       (4, 'APPROVED', 'maker', 'checker', 'agreed', 2);
UPDATE statement SET state = 'REFUSED' WHERE statement_id = 3;
INSERT INTO statement_original VALUES (1, 1, NULL, 'packed');

INSERT INTO match
VALUES ('70000000-0000-5000-8000-000000000001', 1, 'reference', 'CONFIRMED', 800, 800, 0,
        '2026-11-21', 2);
INSERT INTO match_member
VALUES ('70000000-0000-5000-8000-000000000001', '50000000-0000-5000-8000-000000000001', NULL, true),
       ('70000000-0000-5000-8000-000000000001', NULL, '60000000-0000-5000-8000-000000000001', true);
INSERT INTO break_item (break_id, account_id, expected_item_id, entry_id, type, digest,
                        amount_minor, currency, opened_on, opened_commit_id)
    OVERRIDING SYSTEM VALUE
VALUES (1, 1, '50000000-0000-5000-8000-000000000001', NULL, 'ambiguous',
        '20000000-0000-8000-8000-000000000021', 800, 'KES', '2026-11-21', 2),
       (2, 1, NULL, '60000000-0000-5000-8000-000000000001', 'ambiguous',
        '20000000-0000-8000-8000-000000000022', 800, 'KES', '2026-11-21', 2);
ALTER TABLE break_item ALTER COLUMN break_id RESTART WITH 20; -- triggers open breaks, too
INSERT INTO break_candidate
VALUES (1, 1, NULL, '60000000-0000-5000-8000-000000000001', 'amount');

INSERT INTO account_opening (opening_id, account_id, business_date, bank_minor, book_minor,
                             bank_open_minor, book_open_minor, currency, digest, maker, commit_id)
    OVERRIDING SYSTEM VALUE
VALUES (1, 1, '2026-11-19', 100, 150, -50, 0, 'KES', sha256('opening'), 'maker', 2),
       (2, 6, '2026-11-19', 100, 100, 0, 0, 'KES', sha256('opening 2'), 'maker', 2);
INSERT INTO opening_item VALUES (1, 1, 'BANK', -50, '2026-11-18', 'E-0', 'R-0');
INSERT INTO account_opening_approval (opening_id, account_id, digest, maker, checker, commit_id)
VALUES (1, 1, sha256('opening'), 'maker', 'checker', 2);
INSERT INTO report (account_id, business_date, book_minor, digest, made_at, commit_id)
VALUES (1, '2026-11-21', 0, sha256('report'), now(), 2);

INSERT INTO operator_action (commit_id, line, action, outcome, source_id, partition, reason, actor)
VALUES (2, 1, 'position_accept', 'gap_accepted', 1, 1, 'expired', 'ann');
INSERT INTO accepted_gap VALUES (1, 1, 0, 10, 2);

INSERT INTO archive_file (day, number, name, sha256, size, batch_count, record_count, commit_id)
VALUES ('2026-11-20', 1, 'batch_raw-2026-11-20.1.sawa', sha256('file'), 100, 2, 10, 2);
INSERT INTO retention_action (commit_id, action, reason, actor)
VALUES (2, 'day_expire', 'policy', 'ann');
INSERT INTO expired_day (parent, day, row_count, size, commit_id)
VALUES ('payment', '2026-06-01', 1, 100, 2);
INSERT INTO expired_payment_total VALUES (:window_id, 1, 2, '2026-06-01', 1, 100);
INSERT INTO lease_member (cluster_id, topic, member_id, worker, expires_at)
VALUES ('c', 'payments', '80000000-0000-4000-8000-000000000001', 'w', '2026-11-20 12:00Z');
INSERT INTO partition_lease
VALUES ('c', 'payments', 0, '80000000-0000-4000-8000-000000000001', '2026-11-20 11:00Z'),
       ('c', 'payments', 1, NULL, NULL);

INSERT INTO instruction
VALUES ('40000000-0000-5000-8000-000000000002', :window_id, 2, 0, 'PAY', 1, 700, 'KES',
        '2026-11-21', repeat('d', 32), 'PENDING', 2);
INSERT INTO participant_account VALUES (1, 'KE01', false, 'BANKKENA');
INSERT INTO bank_profile
VALUES (1, 1, '2026-01-01', 'pacs.009.001.08', 'We', 'BANKKENA', 'INDA', 10, true, 500, false, 24,
        4, true);
INSERT INTO payment_file (file_id, account_id, profile_version, message_id, settlement_date,
                          currency, transaction_count, control_sum_minor, content, digest,
                          schema_checked, signatures_needed, prepared_at, release_until,
                          commit_id)
VALUES ('60000000-0000-5000-8000-000000000001', 1, 1, '60000000000050008000000000000001',
        '2026-11-21', 'KES', 1, 700, 'xml', sha256('xml'), true, 2, now(), now() + interval '1 day',
        2);
INSERT INTO payment_file_item
VALUES ('60000000-0000-5000-8000-000000000001', 1, '40000000-0000-5000-8000-000000000002');
INSERT INTO payment_file_signature
VALUES ('60000000-0000-5000-8000-000000000001', 'ann', 'ann', false, sha256('xml'), now(), 2);
INSERT INTO payment_reply (digest, name, message, message_id, content, commit_id)
VALUES (sha256('reply'), 'reply.xml', 'pacs.002', 'R-1', 'reply', 2);
INSERT INTO payment_status
SELECT reply_id, 1, 'TRANSACTION', 'M-1', NULL, 'ACSC', '', '', 'UNKNOWN' FROM payment_reply;

INSERT INTO period_proposal (proposal_id, action, last_date, valid_hours, maker, commit_id)
    OVERRIDING SYSTEM VALUE
VALUES (1, 'CLOSE', '2020-12-31', 24, 'maker', 2);
INSERT INTO period_decision (proposal_id, verdict, digest, checker, commit_id)
SELECT 1, 'APPROVED', digest, 'checker', 2 FROM period_proposal;
INSERT INTO period_proposal (proposal_id, action, last_date, reason, valid_hours, maker, commit_id)
    OVERRIDING SYSTEM VALUE
VALUES (2, 'CLOSE', '2021-12-31', '', 24, 'maker', 2);
INSERT INTO period_proposal (proposal_id, action, last_date, reason, valid_hours, maker,
                             proposed_by, commit_id)
    OVERRIDING SYSTEM VALUE
VALUES (3, 'REOPEN', '2020-12-31', 'an opening came late', 24, 'maker', 'ann', 2);

-- Rejected, withdrawn, and approved to be instructed again, but nobody has yet.
INSERT INTO settlement_hold (hold_id, window_id, reason, login, commit_id)
    OVERRIDING SYSTEM VALUE VALUES (1, :window_id, 'asked', 'ann', 2);
INSERT INTO settlement_hold_release (hold_id, window_id, maker, held_by, checker, reason, commit_id)
VALUES (1, :window_id, 'ann', '', 'bob', 'cleared', 2);
INSERT INTO instruction
VALUES ('40000000-0000-5000-8000-000000000003', :window_id, 2, 1, 'COLLECT', 1, 600, 'KES',
        '2026-11-21', repeat('e', 32), 'PENDING', 2);
UPDATE instruction SET status = 'SENT' WHERE end_to_end_id = repeat('e', 32);
UPDATE instruction SET status = 'REJECTED' WHERE end_to_end_id = repeat('e', 32);
INSERT INTO expected_item
VALUES ('50000000-0000-5000-8000-000000000003', 1, '40000000-0000-5000-8000-000000000003', NULL,
        :window_id, 2, 600, 'KES', '2026-11-20', '2026-11-21', '2026-11-23', repeat('e', 32), '',
        true, 2);
INSERT INTO withdrawal
VALUES ('50000000-0000-5000-8000-000000000003', '40000000-0000-5000-8000-000000000003', :window_id,
        'AC04', '2026-11-22', 2);
INSERT INTO reinstruction (reinstruction_id, window_id, settlement_date, reason, digest, maker,
                           commit_id)
    OVERRIDING SYSTEM VALUE
VALUES (1, :window_id, '2026-11-23', 'corrected', reinstruction_digest(:window_id, '2026-11-23'),
        'ann', 2);
INSERT INTO reinstruction_approval (reinstruction_id, digest, maker, proposed_by, checker,
                                    commit_id)
SELECT 1, digest, 'ann', '', 'bob', 2 FROM reinstruction;

-- Paid, sent back but for a charge, and settled outside by approval.
INSERT INTO instruction
VALUES ('40000000-0000-5000-8000-000000000009', :window_id, 1, 2, 'PAY', 1, 900, 'KES',
        '2026-11-21', repeat('8', 32), 'PENDING', 2);
UPDATE instruction SET status = 'SENT' WHERE end_to_end_id = repeat('8', 32);
UPDATE instruction SET status = 'RETURNED' WHERE end_to_end_id = repeat('8', 32);
INSERT INTO payment_status
SELECT reply_id, 9, 'TRANSACTION', 'M-9', '40000000-0000-5000-8000-000000000009', 'RETURNED',
       'AC04', '', 'APPLIED' FROM payment_reply;
INSERT INTO payment_return
SELECT '50000000-0000-5000-8000-000000000009', '40000000-0000-5000-8000-000000000009', reply_id, 9,
       880, 'KES', 'B-9', '2026-11-23', 'AC04', 2 FROM payment_reply;
INSERT INTO expected_item (expected_item_id, account_id, return_id, window_id, participant_id,
                           amount_minor, currency, book_date, value_date, due_date, is_open,
                           commit_id)
VALUES ('50000000-0000-5000-8000-000000000009', 1, '50000000-0000-5000-8000-000000000009',
        :window_id, 1, 880, 'KES', '2026-11-23', '2026-11-23', '2026-11-23', false, 2);
INSERT INTO abandonment (abandonment_id, instruction_id, reason, digest, maker, commit_id)
    OVERRIDING SYSTEM VALUE
VALUES (1, '40000000-0000-5000-8000-000000000009', 'paid in cash',
        abandonment_digest('40000000-0000-5000-8000-000000000009'), 'ann', 2);
INSERT INTO abandonment_approval (abandonment_id, digest, maker, proposed_by, checker, commit_id)
SELECT 1, digest, 'ann', '', 'bob', 2 FROM abandonment;
INSERT INTO abandoned_instruction
VALUES ('40000000-0000-5000-8000-000000000009', 1, :window_id, 19, '2026-11-23', 2);
INSERT INTO suspense_clearing (clearing_id, instruction_id, amount_minor, purpose, account_id,
                               value_date, reference, reason, digest, maker, commit_id)
    OVERRIDING SYSTEM VALUE
SELECT 1, instruction_id, 300, 'NOSTRO', 1, '2026-11-24', 'S-1', 'paid by hand',
       suspense_digest(instruction_id, 300, 'NOSTRO', 1, '2026-11-24', 'S-1', 'paid by hand'),
       'ann', 2
  FROM abandoned_instruction;

-- A member of a group, a cap that two people let pass, money that waits for its second person.
INSERT INTO group_net VALUES (:window_id, 1, 2, -800, 'KES', 2);
INSERT INTO cap_exception (exception_id, window_id, participant_id, cap_minor, reason, maker,
                           commit_id)
    OVERRIDING SYSTEM VALUE VALUES (1, :window_id, 2, 2000, 'peak', 'ann', 2);
INSERT INTO cap_exception_approval (exception_id, window_id, participant_id, cap_minor, maker,
                                    proposed_by, checker, commit_id)
VALUES (1, :window_id, 2, 2000, 'ann', '', 'bob', 2);
INSERT INTO prefunding (prefunding_id, participant_id, account_id, amount_minor, currency,
                        value_date, reference, reason, maker, commit_id)
    OVERRIDING SYSTEM VALUE
VALUES (1, 1, 1, 1000, 'KES', '2026-11-20', 'PF-1', 'agreed', 'ann', 2);

INSERT INTO outbox_destination (destination, next_number) VALUES ('amqp:gone', 1);
INSERT INTO outbox_forgotten (destination, reason, commit_id) VALUES ('amqp:gone', 'removed', 2);
INSERT INTO outbox_destination (destination, next_number) VALUES ('kafka:settlement', 1);
INSERT INTO outbox (event_name, event_type, event_key, corridor, payload, commit_id)
VALUES ('window_closed/0', 'window_closed', '0', 'KES-NGN', '{}', 2),
       ('window_closed/1', 'window_closed', '1', 'KES-NGN', '{}', 2);
SELECT outbox_number(1);

SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
RESET ROLE;
