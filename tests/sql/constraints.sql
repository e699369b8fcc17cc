-- Every named constraint really refuses: one violating statement each, run as the owner, so that
-- it is the constraint that holds and not a missing right. `run` checks that none is left out.
\ir lib/begin.sql

-- ---- book ----
SELECT refuses('participant_country_is_a_code', '23514', 'ke is no country',
    variant('participant', '{"participant_id": 9, "code": "OTHER", "country": "ke"}'));
SELECT refuses('account_currency_is_a_code', '23514', 'a padded currency is none',
    variant('account', '{"account_id": 9, "code": "x", "currency": "KE"}'));
SELECT refuses('account_nostro_has_a_bank', '23514', 'a nostro without its number at the bank',
    variant('account', '{"account_id": 9, "code": "x", "servicer_account": null}'));
SELECT refuses('account_obligation_has_a_participant', '23514', 'nobody owes',
    variant('account', '{"account_id": 9, "code": "x", "kind": "OBLIGATION",
                         "servicer_account": null}'));
SELECT refuses('corridor_currencies_are_codes', '23514', 'three capital letters',
    variant('corridor', '{"version": 2, "target_currency": "n1n"}'));

-- ---- stream ----
SELECT refuses('i4_position_covers_from_its_start', '23514', 'start behind next_offset',
    variant('position', '{"partition": 5, "start_offset": 111}'));
SELECT refuses('i6_commit_has_a_leaf', '23503', 'a commit without its leaf',
    variant('commit_log', '{"commit_id": 9}'));
SELECT refuses('i6_leaf_has_a_commit', '23503', 'a leaf without its commit',
    variant('audit_leaf', '{"commit_id": 9}'));
SELECT refuses('i4_batch_starts_once', '23505', 'two batches from one offset',
    variant('batch', '{"batch_id": 9, "next_offset": 200}'));
SELECT refuses('i4_batch_ends_once', '23505', 'two batches to one offset',
    variant('batch', '{"batch_id": 9, "first_offset": 99}'));
SELECT refuses('i4_batch_moves_on', '23514', 'a batch that ends where it starts',
    variant('batch', '{"batch_id": 9, "next_offset": 100, "record_count": 0, "applied_count": 0,
                       "duplicate_count": 0, "parked_count": 0}'));
SELECT refuses('i5_every_record_is_accounted_for', '23514', 'a record neither applied nor parked',
    variant('batch', '{"batch_id": 9, "parked_count": 0}'));
SELECT refuses('i5_no_more_records_than_offsets', '23514', 'eleven records from ten offsets',
    variant('batch', '{"batch_id": 9, "record_count": 11, "applied_count": 9}'));
SELECT refuses('i5_record_is_parked_once', '23505', 'the same record again', variant('parked'));
SELECT refuses('i1_queued_record_is_parked_once', '23505', 'the same bytes under another number',
    variant('parked', '{"record_offset": 107}'));

-- ---- window ----
SELECT refuses('window_state_known', '23514', 'DONE is no state',
    'UPDATE settlement_window SET state = ''DONE''');
SELECT refuses('window_is_half_open', '23514', 'a window of no length',
    'UPDATE settlement_window SET opens_at = cut_off');
SELECT refuses('window_value_date_follows_its_business_date', '23514', 'money before its window',
    'UPDATE settlement_window SET value_date = business_date - 1');
SELECT refuses('i9_window_id_is_its_place', '23514', 'an id of another sequence',
    variant('settlement_window', '{"sequence": 2, "opens_at": "2026-11-20 14:00Z",
        "cut_off": "2026-11-20 15:00Z", "grace_ends_at": "2026-11-20 15:00Z"}'));
SELECT refuses('i3_windows_do_not_overlap', '23P01', 'a second window over the same hours',
    format('INSERT INTO settlement_window (window_id, corridor_id, corridor_version, business_date,
                                           sequence, opens_at, cut_off, grace_ends_at)
            VALUES (%s, 1, 1, ''2026-11-20'', 2, ''2026-11-20 13:59:59Z'', ''2026-11-20 18:00Z'',
                    ''2026-11-20 18:00Z'')', :window_id + 1));
SELECT allows('sawa_settle', 'open the window that begins where this one is cut off',
    format('INSERT INTO settlement_window (window_id, corridor_id, corridor_version, business_date,
                                           sequence, opens_at, cut_off, grace_ends_at)
            VALUES (%s, 1, 1, ''2026-11-20'', 2, ''2026-11-20 14:00Z'', ''2026-11-20 18:00Z'',
                    ''2026-11-20 18:00Z'')', :window_id + 1));
SELECT refuses('i3_one_cut_per_partition', '23505', 'a second cut', variant('window_cut'));
SELECT refuses('i3_one_delta_per_commit', '23505', 'a second delta of one commit',
    variant('window_delta'));
SELECT refuses('window_delta_pairs_match', '23514', 'a pair without its amount',
    variant('window_delta', '{"commit_id": 2, "minors": []}'));

SELECT refuses('window_delta_charges_match', '23514', 'a charge without its amount',
    variant('window_delta', '{"commit_id": 2, "fee_numbers": [1]}'));

-- ---- fee, rate_check ----
SELECT refuses('corridor_rounding_known', '23514', 'a rounding nobody knows',
    variant('corridor', '{"version": 2, "rate_rounding": "NEAREST"}'));
SELECT refuses('account_kind_known', '23514', 'an account for anything',
    variant('account', '{"account_id": 9, "code": "other", "kind": "OTHER"}'));
SELECT refuses('fee_minimum_is_below_its_maximum', '23514', 'a maximum below the minimum',
    variant('corridor_fee', '{"fee_number": 2, "code": "B", "maximum_minor": 9}'));
SELECT refuses('fee_goes_to_somebody', '23514', 'a fee that nobody gets',
    variant('corridor_fee',
            '{"fee_number": 2, "code": "B", "own_share": 0, "creditor_agent_share": 0}'));
SELECT refuses('fee_tax_has_a_country_and_an_account', '23514', 'a tax that no country gets',
    variant('corridor_fee', '{"fee_number": 2, "code": "B", "tax_country": null}'));
SELECT refuses('i3_fee_obligation_once', '23505', 'the charge again', variant('fee_obligation'));
SELECT refuses('fee_obligation_parties_differ', '23514', 'a fee to oneself',
    variant('fee_obligation', '{"debtor_id": 0}'));
SELECT refuses('fee_tax_is_ours_to_hand_on', '23514', 'a tax that an agent keeps',
    variant('fee_obligation', '{"fee_number": -1, "creditor_id": 2}'));

-- ---- fx_settlement ----
SELECT refuses('fx_rate_lies_between_its_sides', '23514', 'a rate below its ' || side,
    variant('fx_rate', jsonb_build_object('event_id', '01900000-0000-7000-8000-000000000019',
                                          side || '_e10', e10)))
  FROM (VALUES ('bid', 110000000001), ('ask', 109999999999), ('bid', 0)) AS one (side, e10);
SELECT allows('sawa_fx', 'store a quote with both sides',
    variant('fx_rate', '{"event_id": "01900000-0000-7000-8000-000000000019",
                         "bid_e10": 110000000000, "ask_e10": 110000000000}'));
SELECT refuses('fx_lock_names_a_whole_window', '23514', 'a day without its window',
    variant('fx_lock', '{"event_id": "01900000-0000-7000-8000-000000000019",
                         "lock_id": "30000000-0000-8000-8000-000000000009",
                         "business_date": "2026-11-20"}'));
SELECT refuses('fx_accounts_differ', '23514', 'one account for both sides of a result',
    variant('corridor_fx', '{"version": 2, "gain_account_id": 21}'));
SELECT refuses('window_delta_locks_match', '23514', 'a lock without its volume',
    variant('window_delta', '{"commit_id": 2, "lock_ids": ["30000000-0000-8000-8000-000000000001"],
                              "lock_volumes": [1]}'));
SELECT refuses('i3_window_fx_once', '23505', 'the rate again', variant('window_fx'));
SELECT refuses('window_fx_has_two_currencies', '23514', 'nothing to exchange',
    variant('window_fx', '{"currency": "KES"}'));
SELECT refuses('window_fx_pivot_is_whole', '23514', 'half a pivot',
    variant('window_fx', '{"pivot_is_inverse": true}'));
SELECT refuses('window_fx_result_has_a_lock', '23514', 'a gain of nothing',
    variant('window_fx', '{"locked_minor": 0}'));
SELECT refuses('i3_window_fx_lock_once', '23505', 'the lock again', variant('window_fx_lock'));
SELECT refuses('only_a_lock_in_force_covers', '23514', 'a lock that was over covers',
    variant('window_fx_lock', '{"cover": "OUT_OF_VALIDITY"}'));

-- Another lock of 40 units, and what it covers of the window beside the first one.
CREATE FUNCTION pg_temp.beside_another_lock(covered_minor bigint) RETURNS text
    LANGUAGE sql AS $$
    SELECT 'INSERT INTO fx_lock'
           ' SELECT ''01900000-0000-7000-8000-000000000019'','
           ' ''30000000-0000-8000-8000-000000000009'', batch_id, 107, corridor_id, base_currency,'
           ' quote_currency, rate_e10, 40, valid_from, valid_until, content_digest FROM fx_lock;'
           || variant('window_fx_lock', jsonb_build_object(
                  'lock_id', '30000000-0000-8000-8000-000000000009',
                  'covered_minor', covered_minor))
$$;
SELECT refuses('a_result_is_that_of_its_locks', '23514', 'more covered than the window says',
    pg_temp.beside_another_lock(40));
SELECT refuses('a_lock_covers_its_notional_at_most', '23514', 'more covered than its notional',
    pg_temp.beside_another_lock(41));

-- ---- payment ----
SELECT refuses('i1_event_once', '23505', 'the same event again', variant('payment'));
SELECT refuses('i1_transfer_once_a_day', '23505', 'the transfer under another event id',
    variant('payment', '{"event_id": "01900000-0000-7000-8000-000000000009"}'));
SELECT refuses('payment_amounts_positive', '23514', 'a payment of nothing',
    variant('payment', '{"settlement_minor": 0}'));
SELECT refuses('payment_return_id_is_of_a_refund', '23514', 'a completed payment with a return id',
    variant('payment', '{"return_id": "R1"}'));
SELECT refuses('payment_kind_known', '23514', 'kind 4', variant('payment', '{"kind": 4}'));
SELECT refuses('payment_agents_differ', '23514', 'a bank pays itself',
    variant('payment', '{"creditor_agent_id": 1}'));
SELECT is((SELECT state || coalesce(broken, '') FROM attempt('sawa_ingest',
    variant('payment', '{"event_day": "2026-11-21"}'))), '23514',
    'a missing partition is 23514 without a constraint name');
SELECT refuses('i1_id_without_a_day_once', '23505', 'the id on another day',
    variant('event_seen', '{"event_day": "2026-11-21"}'));
SELECT refuses('i1_transfer_of_another_day_once', '23505', 'the transfer on a third day',
    variant('transfer_seen', '{"event_day": "2026-11-21"}'));

-- ---- journal ----
SELECT refuses('i2_amount_positive', '23514', 'an entry of nothing',
    variant('journal_entry', '{"line": 2, "amount_minor": 0}'));
SELECT refuses('i2_two_accounts', '23514', 'an account against itself',
    variant('journal_entry', '{"line": 2, "credit_account_id": 2}'));
SELECT refuses('journal_purpose_known', '23514', 'an entry for something else',
    variant('journal_entry', '{"line": 2, "purpose": "GIFT"}'));
SELECT refuses('i2_accounts_keep_the_currency', '23503', 'KES on an account in NGN',
    variant('journal_entry', '{"line": 2, "credit_account_id": 4}'));

-- ---- fx ----
SELECT refuses('i1_rate_once', '23505', 'the same event again', variant('fx_rate'));
SELECT refuses('fx_rate_positive', '23514', 'a rate of zero',
    variant('fx_rate', '{"rate_e10": 0}'));
SELECT refuses('fx_rate_is_half_open', '23514', 'valid for no time',
    variant('fx_rate', '{"valid_until": "2026-11-20Z"}'));
SELECT refuses('i1_lock_event_once', '23505', 'the same event again', variant('fx_lock'));
SELECT refuses('i1_lock_once', '23505', 'the lock under another event id',
    variant('fx_lock', '{"event_id": "01900000-0000-7000-8000-000000000019"}'));
SELECT refuses('fx_lock_positive', '23514', 'a lock over nothing',
    variant('fx_lock', '{"notional_minor": 0}'));
SELECT refuses('fx_lock_is_half_open', '23514', 'valid for no time',
    variant('fx_lock', '{"valid_until": "2026-11-20Z"}'));

-- ---- settle ----
SELECT refuses('window_fold_pairs_match', '23514', 'a pair without its count',
    variant('window_fold', '{"counts": []}'));
SELECT refuses('window_fold_charges_match', '23514', 'a charge without its count',
    variant('window_fold', '{"fee_numbers": [1]}'));
SELECT refuses('i3_obligation_once', '23505', 'the pair again', variant('obligation'));
SELECT refuses('obligation_parties_differ', '23514', 'a debt to oneself',
    variant('obligation', '{"creditor_id": 1}'));
SELECT refuses('i3_net_position_once', '23505', 'the participant again', variant('net_position'));
SELECT refuses('net_is_the_difference', '23514', 'a net that is not the difference',
    variant('net_position', '{"participant_id": 2, "net_minor": -799}'));
SELECT refuses('i3_total_is_the_sum_of_its_payments', '23514', 'one minor unit is missing',
    variant('net_proof', '{"obligation_minor": 799}'));
SELECT refuses('i2_nets_sum_to_zero', '23514', 'one minor unit is missing',
    variant('net_proof', '{"net_debit_minor": 799}'));
SELECT refuses('i2_nets_sum_to_zero', '23514', 'a fee that no net pays',
    variant('net_proof', '{"fee_income_minor": 40, "fee_tax_minor": -39}'));
SELECT refuses('i3_instruction_once', '23505', 'the same payment under another id',
    variant('instruction', jsonb_build_object('instruction_id', gen_random_uuid(),
                                              'end_to_end_id', repeat('b', 32))));
SELECT refuses('expected_item_has_one_origin', '23514', 'an item of no origin',
    variant('expected_item', jsonb_build_object('expected_item_id', gen_random_uuid(),
                                                'instruction_id', NULL)));
SELECT refuses('expected_item_is_due_after_its_value_date', '23514', 'due the day before',
    variant('expected_item', '{"due_date": "2026-11-20"}'));
SELECT refuses('expected_item_opening', '23503', 'an opening nobody approved',
    variant('expected_item', jsonb_build_object('expected_item_id', gen_random_uuid(),
                                                'instruction_id', NULL, 'opening_id', 2)));

-- ---- statement ----
SELECT refuses('a_file_is_its_digest', '23505', 'the file again',
    variant('statement_file', '{"file_id": 9}'));
SELECT refuses('statement_files_stay', '23001', 'a file that never came',
    'DELETE FROM statement_file');
SELECT refuses('a_statement_is_its_digest', '23505', 'the statement again, in another place',
    variant('statement', '{"statement_id": 9, "ordinal": 2}'));
SELECT refuses('statement_of_a_file_once', '23505', 'two in one place',
    variant('statement', jsonb_build_object('statement_id', 9, 'digest', sha256('other'))));
SELECT refuses('loaded_statement_is_whole', '23514', 'loaded without a closing balance',
    variant('statement', '{"statement_id": 9, "closing_minor": null}'));
SELECT refuses('held_statement_has_no_entries', '23514', 'held with an entry',
    variant('statement', '{"statement_id": 9, "state": "HELD", "hold_reason": "x"}'));
SELECT refuses('an_entry_is_its_key_and_count', '23505',
    'the booking from an overlapping statement',
    variant('statement_entry', jsonb_build_object('entry_id', gen_random_uuid())));
SELECT refuses('entry_has_one_origin', '23514', 'an entry of no statement',
    variant('statement_entry', '{"statement_id": null}'));
SELECT refuses('statement_entry_opening', '23503', 'an opening nobody approved',
    variant('statement_entry', jsonb_build_object('entry_id', gen_random_uuid(), 'occurrence', 2,
                                                  'statement_id', NULL, 'opening_id', 2)));

-- ---- reconcile ----
SELECT refuses('match_difference_is_told', '23514', 'a difference that is not said',
    variant('match', '{"entry_minor": 799}'));
SELECT refuses('match_member_is_one_thing', '23514', 'neither side',
    variant('match_member', '{"expected_item_id": null}'));
SELECT refuses('i13_expected_item_matched_once', '23505', 'the item in a second live match',
    variant('match_member'));
SELECT refuses('i13_entry_matched_once', '23505', 'the entry in a second live match',
    'INSERT INTO match_member SELECT * FROM match_member WHERE entry_id IS NOT NULL');
SELECT refuses('break_item_is_one_thing', '23514', 'neither side',
    variant('break_item', '{"break_id": 9, "expected_item_id": null}'));
SELECT refuses('break_ends_once', '23514', 'resolved without a day',
    variant('break_item', '{"break_id": 9, "state": "RESOLVED"}'));
SELECT refuses('break_is_half_open', '23514', 'closed before it opened',
    variant('break_item', '{"break_id": 9, "state": "RESOLVED", "closed_on": "2026-11-20",
                            "closed_commit_id": 2}'));
SELECT refuses('one_open_break_per_expected_item', '23505', 'a second open break of the item',
    variant('break_item', '{"break_id": 9}'));
SELECT refuses('one_open_break_per_entry', '23505', 'a second open break of the entry',
    variant('break_item', '{"break_id": 9, "expected_item_id": null,
                            "entry_id": "60000000-0000-5000-8000-000000000001"}'));
SELECT refuses('break_candidate_is_one_thing', '23514', 'neither side',
    variant('break_candidate', '{"rank": 2, "entry_id": null}'));

-- ---- report ----
SELECT refuses('i10_opening_agrees', '23514', 'one minor unit is unexplained',
    variant('account_opening', '{"opening_id": 9, "bank_minor": 101}'));
SELECT refuses('maker_of_an_opening', '23505', 'a unique key for the approval to name',
    'ALTER TABLE account_opening DROP CONSTRAINT account_opening_pkey CASCADE;'
    || variant('account_opening'));
SELECT refuses('maker_is_not_checker', '23514', 'one person is both',
    variant('account_opening_approval', jsonb_build_object('opening_id', 2, 'account_id', 6,
            'digest', sha256('opening 2'), 'checker', 'maker')));
SELECT refuses('the_maker_is_the_proposer', '23503', 'another name than the proposer''s',
    variant('account_opening_approval', jsonb_build_object('opening_id', 2, 'account_id', 6,
            'digest', sha256('opening 2'), 'maker', 'somebody')));
SELECT refuses('an_account_opens_once', '23505', 'a second opening of the account',
    'INSERT INTO account_opening OVERRIDING SYSTEM VALUE
     VALUES (3, 1, ''2026-11-19'', 100, 100, 0, 0, ''KES'', sha256(''o''), ''maker'', '''', now(),
             2);'
    || variant('account_opening_approval', jsonb_build_object('opening_id', 3,
               'digest', sha256('o'))));
SELECT refuses('approved_is_what_was_proposed', '23514', 'another digest',
    variant('account_opening_approval', jsonb_build_object('opening_id', 2, 'account_id', 6)));
SELECT refuses('i10_opening_items_are_the_difference', '23514', 'an item is missing',
    'INSERT INTO account_opening OVERRIDING SYSTEM VALUE
     VALUES (3, 6, ''2026-11-19'', 100, 150, -50, 0, ''KES'', sha256(''o''), ''maker'', '''',
             now(), 2);'
    || variant('account_opening_approval', jsonb_build_object('opening_id', 3, 'account_id', 6,
               'digest', sha256('o'))));

-- ---- operator ----
SELECT refuses('operator_action_known', '23514', 'no action of ours',
    variant('operator_action', '{"line": 2, "action": "position_move"}'));
SELECT refuses('operator_names_the_record', '23514', 'a parked record without its offset',
    variant('operator_action', '{"line": 2, "action": "parked_discard"}'));
SELECT refuses('operator_names_the_record', '23514', 'a position has no record',
    variant('operator_action', '{"line": 2, "record_offset": 5}'));
SELECT refuses('operator_gives_a_reason', '23514', 'blanks are no reason',
    variant('operator_action', '{"line": 2, "reason": "  "}'));
SELECT refuses('operator_gives_a_reason', '23514', 'nobody is no actor',
    variant('operator_action', '{"line": 2, "actor": ""}'));
SELECT refuses('operator_actions_are_immutable', '23001', 'another reason afterwards',
    'UPDATE operator_action SET reason = ''x''');
SELECT refuses('operator_actions_are_immutable', '23001', 'a DELETE',
    'DELETE FROM operator_action');
SELECT refuses('i4_gap_starts_once', '23505', 'two gaps from one offset',
    variant('accepted_gap', '{"next_offset": 11}'));
SELECT refuses('i4_gap_ends_once', '23505', 'two gaps to one offset',
    variant('accepted_gap', '{"first_offset": 1}'));
SELECT refuses('i4_gap_moves_on', '23514', 'a gap of nothing',
    variant('accepted_gap', '{"first_offset": 10}'));
SELECT refuses('accepted_gaps_are_immutable', '23001', 'a smaller gap afterwards',
    'UPDATE accepted_gap SET next_offset = 9');
SELECT refuses('parked_state_known', '23514', 'LOST is no state',
    'UPDATE parked SET state = ''LOST'', decided_commit_id = 2');
SELECT refuses('parked_is_decided_by_a_commit', '23514', 'applied by nobody',
    'UPDATE parked SET state = ''APPLIED''');
SELECT refuses('parked_is_decided_by_a_commit', '23514', 'a commit that decides nothing',
    'UPDATE parked SET decided_commit_id = 2');
SELECT refuses('parked_undecided_is_kept', '23514', 'erased while it waits for a decision',
    'UPDATE parked SET sealed = NULL, content_digest = NULL, event_id = NULL, erased_at = now(),
                       erased_commit_id = 2, record_hash = sha256(''record'')');
UPDATE parked SET state = 'DISCARDED', decided_commit_id = 2;
SELECT refuses('i1_parked_is_decided_once', '23514', 'applied after it was discarded',
    'UPDATE parked SET state = ''APPLIED''');
SELECT refuses('i1_parked_is_decided_once', '23514', 'parked again',
    'UPDATE parked SET state = ''PARKED'', decided_commit_id = NULL');

-- ---- retention ----
SELECT refuses('an_archive_name_is_one_file', '23505', 'the name for another day',
    variant('archive_file', '{"day": "2026-11-21"}'));
SELECT refuses('archive_name_is_no_path', '23514', 'a name that leaves its folder',
    variant('archive_file', '{"number": 2, "name": "../x"}'));
SELECT refuses('archive_files_are_immutable', '23001', 'another digest afterwards',
    'UPDATE archive_file SET sha256 = sha256(''x'')');
SELECT refuses('retention_action_known', '23514', 'no action of ours',
    variant('retention_action', '{"commit_id": 1, "action": "day_forget"}'));
SELECT refuses('retention_gives_a_reason', '23514', 'blanks are no reason',
    variant('retention_action', '{"commit_id": 1, "reason": "  "}'));
SELECT refuses('retention_gives_a_reason', '23514', 'nobody is no actor',
    variant('retention_action', '{"commit_id": 1, "actor": ""}'));
SELECT refuses('retention_actions_are_immutable', '23001', 'another reason afterwards',
    'UPDATE retention_action SET reason = ''x''');
SELECT refuses('a_day_expires_once', '23505', 'the day again', variant('expired_day'));
SELECT refuses('expired_days_stay', '23001', 'taken back', 'DELETE FROM expired_day');
SELECT refuses('expired_days_stay', '23001', 'another count afterwards',
    'UPDATE expired_day SET row_count = 2');
SELECT refuses('expired_totals_are_immutable', '23001', 'another total afterwards',
    'UPDATE expired_payment_total SET payment_count = 2');
SELECT refuses('parked_erased_is_whole', '23514', 'bytes gone, and nobody said so',
    'UPDATE parked SET sealed = NULL');
SELECT refuses('parked_erased_is_whole', '23514', 'bytes gone without the hash that proves them',
    'UPDATE parked SET sealed = NULL, content_digest = NULL, event_id = NULL, erased_at = now(),
                       erased_commit_id = 2');
UPDATE parked SET record_hash = sha256('record');
SELECT refuses('i6_parked_proof_stays', '23514', 'another hash afterwards',
    'UPDATE parked SET record_hash = sha256(''x'')');
UPDATE parked SET sealed = NULL, content_digest = NULL, event_id = NULL, erased_at = now(),
                  erased_commit_id = 2;
SELECT refuses('i6_parked_proof_stays', '23514', 'bytes back after they were erased',
    'UPDATE parked SET sealed = ''x'', erased_at = NULL, erased_commit_id = NULL');

-- ---- lease ----
SELECT refuses('lease_was_taken_by_its_holder', '23514', 'held by one who never took it',
    'UPDATE partition_lease SET taken_at = NULL');

-- ---- payment_file ----
SELECT refuses('participant_accounts_are_immutable', '23001', 'another account afterwards',
    'UPDATE participant_account SET account = ''KE02''');
SELECT refuses('bank_profiles_are_immutable', '23001', 'another threshold afterwards',
    'UPDATE bank_profile SET release_threshold_minor = 9');
SELECT refuses('pacs_names_its_agents', '23514', 'pacs.009 without our BIC',
    variant('bank_profile', '{"version": 2, "effective_from": "2026-02-01", "own_bic": null}'));
SELECT refuses('message_id_is_the_file_s', '23514', 'a message id of another file',
    variant('payment_file', '{"file_id": "60000000-0000-5000-8000-000000000002",
                              "message_id": "60000000000050008000000000000003"}'));
SELECT refuses('payment_file_digest_is_of_its_content', '23514', 'the digest of other bytes',
    variant('payment_file', '{"file_id": "60000000-0000-5000-8000-000000000002",
                              "message_id": "60000000000050008000000000000002",
                              "digest": "\\x00"}'));
SELECT refuses('payment_file_is_released_in_time', '23514', 'a file that is late from the start',
    variant('payment_file', '{"file_id": "60000000-0000-5000-8000-000000000002",
                              "message_id": "60000000000050008000000000000002",
                              "release_until": "2026-01-01 00:00Z"}'));
SELECT refuses('i3_control_sum_is_of_its_items', '23514', 'a file without its payments',
    variant('payment_file', '{"file_id": "60000000-0000-5000-8000-000000000002",
                              "message_id": "60000000000050008000000000000002"}')
    || '; SET CONSTRAINTS ALL IMMEDIATE');
SELECT refuses('signatures_follow_the_profile', '23514', 'one signature where two are asked for',
    variant('payment_file', '{"file_id": "60000000-0000-5000-8000-000000000002",
                              "message_id": "60000000000050008000000000000002",
                              "signatures_needed": 1}')
    || '; SET CONSTRAINTS ALL IMMEDIATE');
SELECT refuses('i3_instruction_in_one_file', '23505', 'an instruction in a file a second time',
    variant('payment_file_item', '{"line": 2}'));
SELECT refuses('payment_file_moves_along_its_arrows', '23514', 'a file written before its release',
    'UPDATE payment_file SET state = ''WRITTEN''');
SELECT refuses('payment_file_moves_along_its_arrows', '23514', 'other signatures on the way',
    'UPDATE payment_file SET state = ''CANCELLED'', signatures_needed = 0');
SELECT refuses('release_needs_its_signatures', '23514', 'a release with one of two signatures',
    'UPDATE payment_file SET state = ''RELEASED''');
SELECT refuses('payment_files_stay', '23001', 'a DELETE', 'DELETE FROM payment_file');
SELECT refuses('maker_is_not_checker', '23505', 'the same login a second time',
    variant('payment_file_signature', '{"signed_by": "bob"}'));
SELECT refuses('signed_is_what_was_prepared', '23514', 'another digest is signed',
    variant('payment_file_signature', '{"login": "bob", "digest": "\\x00"}'));
SELECT refuses('signatures_are_immutable', '23001', 'another name afterwards',
    'UPDATE payment_file_signature SET signed_by = ''bob''');
SELECT refuses('payment_reply_is_read_once', '23505', 'the same answer a second time',
    'INSERT INTO payment_reply (digest, name, message, message_id, content, commit_id)
     VALUES (sha256(''reply''), ''again.xml'', ''pacs.002'', ''R-1'', ''reply'', 2)');
SELECT refuses('payment_reply_digest_is_of_its_content', '23514', 'the digest of another answer',
    'INSERT INTO payment_reply (digest, name, message, message_id, content, commit_id)
     VALUES (sha256(''other''), ''other.xml'', ''pacs.002'', ''R-2'', ''reply'', 2)');
SELECT refuses('replies_are_immutable', '23001', 'another name afterwards',
    'UPDATE payment_reply SET name = ''x''');
SELECT refuses('statuses_are_immutable', '23001', 'another outcome afterwards',
    'UPDATE payment_status SET outcome = ''SAME''');
SELECT refuses('instruction_moves_forward', '23514', 'settled before it was sent',
    'UPDATE instruction SET status = ''SETTLED''');

-- ---- window_life ----
SELECT refuses('window_transitions_stay', '23001', 'another arrow instead of one',
    'UPDATE window_transition SET to_state = ''SETTLED''');
SELECT refuses('window_moves_along_its_arrows', '23514', 'a window settled before it is closed',
    'UPDATE settlement_window SET state = ''SETTLED''');
SELECT refuses('a_window_begins_open', '23514', 'a window that begins closed',
    variant('settlement_window', jsonb_build_object('window_id', :window_id + 1, 'sequence', 2,
        'opens_at', '2026-11-20 14:00Z', 'cut_off', '2026-11-20 15:00Z',
        'grace_ends_at', '2026-11-20 15:00Z', 'state', 'CLOSED')));
SELECT refuses('hold_gives_a_reason', '23514', 'a hold for nothing',
    variant('settlement_hold', '{"hold_id": 2, "reason": " "}'));
SELECT refuses('holder_of_a_window', '23505', 'the hold of a login a second time',
    'ALTER TABLE settlement_hold DROP CONSTRAINT settlement_hold_pkey CASCADE;'
    || variant('settlement_hold'));
SELECT refuses('a_window_is_held_once', '23505', 'a second hold',
    variant('settlement_hold', '{"hold_id": 2, "is_live": true}') || ';'
    || variant('settlement_hold', '{"hold_id": 3, "is_live": true}'));
SELECT refuses('holds_stay', '23001', 'a hold that never was', 'DELETE FROM settlement_hold');
SELECT refuses('who_holds_does_not_release', '23514', 'by the same login',
    variant('settlement_hold', '{"hold_id": 2, "is_live": true}') || ';'
    || variant('settlement_hold_release', '{"hold_id": 2, "checker": "ann"}'));
SELECT refuses('who_holds_does_not_release', '23514', 'by the same person, under another login',
    variant('settlement_hold', '{"hold_id": 2, "is_live": true, "held_by": "Ann"}') || ';'
    || variant('settlement_hold_release',
               '{"hold_id": 2, "held_by": "Ann", "released_by": "Ann"}'));
SELECT refuses('release_gives_a_reason', '23514', 'a release for nothing',
    variant('settlement_hold', '{"hold_id": 2, "is_live": true}') || ';'
    || variant('settlement_hold_release', '{"hold_id": 2, "reason": ""}'));
SELECT refuses('released_is_what_was_held', '23503', 'a release of what somebody else holds',
    variant('settlement_hold', '{"hold_id": 2, "is_live": true}') || ';'
    || variant('settlement_hold_release', '{"hold_id": 2, "maker": "eve"}'));
SELECT refuses('releases_are_immutable', '23001', 'another releaser afterwards',
    'UPDATE settlement_hold_release SET checker = ''eve''');
SELECT refuses('withdrawn_is_what_was_rejected', '23514', 'an item whose instruction is on its way',
    'INSERT INTO withdrawal SELECT expected_item_id, instruction_id, window_id, ''AC04'',
            ''2026-11-22'', 2 FROM expected_item ORDER BY 1 LIMIT 1');
SELECT refuses('withdrawals_are_immutable', '23001', 'another reason afterwards',
    'UPDATE withdrawal SET reason = ''''');
SELECT refuses('match_member_is_not_withdrawn', '23514', 'a booking explained by a withdrawn item',
    'INSERT INTO match_member VALUES (''70000000-0000-5000-8000-000000000001'',
        ''50000000-0000-5000-8000-000000000003'', NULL, true)');
SELECT refuses('instruction_attempts_end', '23514', 'the hundredth attempt',
    variant('instruction', jsonb_build_object('instruction_id', gen_random_uuid(),
                                              'end_to_end_id', repeat('b', 32), 'attempt', 100)));
SELECT refuses('reinstruction_gives_a_reason', '23514', 'a proposal for nothing',
    variant('reinstruction', '{"reinstruction_id": 2, "reason": ""}'));
SELECT refuses('maker_of_a_reinstruction', '23505', 'the proposal of a login a second time',
    'ALTER TABLE reinstruction DROP CONSTRAINT reinstruction_pkey CASCADE;'
    || variant('reinstruction'));
SELECT refuses('proposed_is_what_was_rejected', '23514', 'the digest of another day',
    variant('reinstruction', '{"reinstruction_id": 2, "settlement_date": "2026-11-24"}'));
SELECT refuses('proposed_is_what_was_rejected', '23514', 'a day before the withdrawal',
    format('INSERT INTO reinstruction (reinstruction_id, window_id, settlement_date, reason, digest,
                                       commit_id) OVERRIDING SYSTEM VALUE
            VALUES (2, %1$s, ''2026-11-21'', ''x'', reinstruction_digest(%1$s, ''2026-11-21''), 2)',
           :window_id));
SELECT refuses('reinstructions_are_immutable', '23001', 'another day afterwards',
    'UPDATE reinstruction SET settlement_date = ''2026-11-30''');
SELECT refuses('maker_does_not_approve', '23514', 'by the same login',
    variant('reinstruction', '{"reinstruction_id": 2}') || ';'
    || variant('reinstruction_approval', '{"reinstruction_id": 2, "checker": "ann"}'));
SELECT refuses('approver_names_the_proposer', '23503', 'an approval of what somebody else proposed',
    variant('reinstruction', '{"reinstruction_id": 2}') || ';'
    || variant('reinstruction_approval', '{"reinstruction_id": 2, "maker": "eve"}'));
SELECT refuses('approved_is_what_waits', '23514', 'an approval of other payments',
    variant('reinstruction', '{"reinstruction_id": 2}') || ';'
    || variant('reinstruction_approval', '{"reinstruction_id": 2, "digest": "\\x00"}'));
SELECT refuses('reinstruction_is_approved_in_time', '23514', 'an approval a day late',
    variant('reinstruction', '{"reinstruction_id": 2, "approve_until": "2026-01-01Z"}') || ';'
    || variant('reinstruction_approval', '{"reinstruction_id": 2}'));
SELECT refuses('reinstruction_approvals_are_immutable', '23001', 'another approver afterwards',
    'UPDATE reinstruction_approval SET checker = ''eve''');

-- outbox
SELECT refuses('i1_event_is_told_once', '23505', 'the same event a second time',
    'INSERT INTO outbox (event_name, event_type, event_key, corridor, payload, commit_id)
     VALUES (''window_closed/1'', ''window_closed'', ''1'', ''KES-NGN'', ''{}'', 2)');
SELECT refuses('outbox_payload_is_bounded', '23514', 'more than 64 KiB',
    'INSERT INTO outbox (event_name, event_type, event_key, corridor, payload, commit_id)
     VALUES (''x'', ''x'', ''1'', ''x'', repeat(''x'', 65537), 2)');
SELECT refuses('i1_event_has_one_number', '23505', 'another number for an event that has one',
    'INSERT INTO outbox_order SELECT 9, outbox_id FROM outbox_order');
SELECT refuses('outbox_events_are_immutable', '23001', 'another story afterwards',
    'UPDATE outbox SET payload = ''{}''');
SELECT is((SELECT count(*) FROM outbox_pending), 1::bigint,
          'outbox_event_is_pending: what is stored waits for its number');
SELECT refuses('i4_outbox_position_moves_on', '23514', 'past the last number that was given',
    'UPDATE outbox_destination SET next_number = 3');
SELECT refuses('i4_outbox_position_moves_on', '23514', 'an older epoch',
    'UPDATE outbox_destination SET epoch = -1');
SELECT refuses('outbox_destinations_stay', '23001', 'a TRUNCATE', 'TRUNCATE outbox_destination');
SELECT refuses('a_destination_is_forgotten_on_record', '23001', 'a DELETE',
    'DELETE FROM outbox_destination');
SELECT refuses('forgetting_gives_a_reason', '23514', 'for nothing',
    'INSERT INTO outbox_forgotten (destination, reason, commit_id)
     VALUES (''kafka:settlement'', '' '', 2)');
SELECT refuses('forgotten_is_what_was_known', '23514', 'what nobody knows',
    'INSERT INTO outbox_forgotten (destination, reason, commit_id)
     VALUES (''amqp:gone'', ''again'', 2)');
SELECT refuses('a_live_destination_is_not_forgotten', '23514', 'while a relay publishes there',
    'UPDATE outbox_destination SET owner = ''relay-1'', seen_at = clock_timestamp();
     INSERT INTO outbox_forgotten (destination, reason, commit_id)
     VALUES (''kafka:settlement'', ''removed'', 2)');
SELECT allows('sawa_owner', 'forget one whose relay has been silent for ten minutes',
    'UPDATE outbox_destination SET owner = ''x'', seen_at = now() - interval ''11 minutes'';
     INSERT INTO outbox_forgotten (destination, reason, commit_id)
     VALUES (''kafka:settlement'', ''removed'', 2)');
SELECT is((SELECT count(*) FROM outbox_destination WHERE destination = 'amqp:gone'), 0::bigint,
          'outbox_forget: what is forgotten on record is gone');
SELECT refuses('forgotten_destinations_are_immutable', '23001', 'another reason afterwards',
    'UPDATE outbox_forgotten SET reason = ''x''');
SELECT denies('sawa_relay', 'forget one without a record', 'DELETE FROM outbox_destination');
SELECT denies('sawa_relay', 'forget in another''s name',
    'INSERT INTO outbox_forgotten (destination, reason, login, commit_id)
     VALUES (''kafka:settlement'', ''x'', ''ann'', 2)');
SELECT is(outbox_number(10), 1::bigint, 'the sequencer numbers what is pending');
SELECT is(outbox_number(10), 0::bigint, 'and nothing twice');
SELECT is(outbox_expire('-1 day', 10), 0::bigint,
          'no event is let go that a destination has not got');

-- ---- statement_release ----
SELECT refuses('statement_state_known', '23514', 'DONE is no state',
    variant('statement', '{"statement_id": 9, "state": "DONE", "loaded_count": 0,
                           "hold_reason": "x"}'));
SELECT refuses('a_statement_is_not_refused_as_it_comes', '23514', 'refused by nobody',
    variant('statement', '{"statement_id": 9, "state": "REFUSED", "loaded_count": 0,
                           "hold_reason": "x"}'));
SELECT refuses('a_held_statement_moves_by_approval', '23514', why, statement)
  FROM (VALUES ('loaded without an approval',
                'UPDATE statement SET state = ''LOADED'', closing_minor = 800,
                        closing_date = ''2026-11-21'' WHERE statement_id = 2'),
               ('refused without an approval',
                'UPDATE statement SET state = ''REFUSED'' WHERE statement_id = 2'),
               ('another content of one that is loaded',
                'UPDATE statement SET digest = sha256(''x'') WHERE statement_id = 1'),
               ('an approval of long ago',
                'ALTER TABLE statement_decision DISABLE TRIGGER USER;
                 INSERT INTO statement_decision (proposal_id, decision, maker, checker, reason,
                                                 decided_at, commit_id)
                 VALUES (2, ''APPROVED'', ''maker'', ''checker'', ''x'', ''2026-01-01Z'', 2);
                 UPDATE statement SET state = ''REFUSED'' WHERE statement_id = 2'),
               ('an approval of something else',
                'INSERT INTO statement_decision (proposal_id, decision, maker, checker, reason,
                                                 commit_id)
                 VALUES (2, ''APPROVED'', ''maker'', ''checker'', ''x'', 2);
                 UPDATE statement SET state = ''REFUSED'' WHERE statement_id = 2'))
       AS one (why, statement);
SELECT refuses('statement_proposal_is_about_one_thing', '23514', why,
    variant('statement_proposal', changed::jsonb))
  FROM (VALUES ('a release of a finding', '{"proposal_id": 9, "action": "RELEASE"}'),
               ('about nothing', '{"proposal_id": 9, "code": null}'),
               ('a statement of one account only', '{"proposal_id": 9, "action": "RELEASE",
                   "code": null, "statement_id": 2, "account_id": 1}')) AS one (why, changed);
SELECT refuses('a_replaced_statement_is_always_held', '23514', 'loaded by policy',
    variant('statement_proposal', '{"proposal_id": 9, "action": "LOAD",
                                    "code": "statement_replaced"}'));
SELECT refuses('statement_proposal_gives_a_reason', '23514', 'for no reason',
    variant('statement_proposal', '{"proposal_id": 9, "reason": " "}'));
SELECT refuses('statement_proposal_expires', '23514', 'to be approved for a month',
    variant('statement_proposal', jsonb_build_object('proposal_id', 9,
                                                     'expires_at', now() + interval '30 days')));
SELECT refuses('maker_of_a_statement_proposal', '23505', 'twice, were it not for its key',
    'ALTER TABLE statement_proposal DROP CONSTRAINT statement_proposal_pkey CASCADE;'
    || variant('statement_proposal'));
SELECT refuses('proposed_is_what_is_held', '23514', 'one that is loaded',
    variant('statement_proposal', '{"proposal_id": 9, "action": "RELEASE", "code": null,
                                    "statement_id": 1}'));
SELECT refuses('statement_proposals_are_immutable', '23001', 'another reason afterwards',
    'UPDATE statement_proposal SET reason = ''x''');
SELECT refuses('a_statement_proposal_is_decided_once', '23505', 'approved a second time',
    variant('statement_decision'));
SELECT refuses('a_statement_takes_two_people', '23514', 'the maker approves',
    variant('statement_decision', '{"proposal_id": 2, "checker": "maker"}'));
SELECT refuses('statement_decision_gives_a_reason', '23514', 'for no reason',
    variant('statement_decision', '{"proposal_id": 2, "reason": ""}'));
SELECT refuses('the_maker_is_the_statement_proposer', '23503', 'in the name of another maker',
    variant('statement_decision', '{"proposal_id": 2, "maker": "x"}'));
SELECT refuses('decided_is_what_is_held', '23514', 'of one that was refused meanwhile',
    variant('statement_decision', '{"proposal_id": 5}'));
SELECT refuses('statement_decision_comes_in_time', '23514', 'approved when its time is over',
    variant('statement_decision', '{"proposal_id": 3}'));
SELECT refuses('statement_decision_needs_its_role', '23514', 'sawa_maker ' || lower(decision),
    format('SET LOCAL SESSION AUTHORIZATION sawa_maker;
            INSERT INTO statement_decision (proposal_id, decision, maker, reason, commit_id)
            VALUES (2, %L, ''maker'', ''x'', 2)', decision))
  FROM (VALUES ('APPROVED'), ('REJECTED')) AS one (decision);
SELECT refuses('an_approval_is_carried_out', '23514', 'approved, and nothing follows',
    variant('statement_decision', '{"proposal_id": 2}'));
SELECT refuses('statement_decisions_are_immutable', '23001', 'taken back',
    'DELETE FROM statement_decision');
SELECT results_eq('SELECT code, account_id, holds FROM hold_policy',
    $$VALUES ('balance_mismatch', NULL::integer, true)$$, 'what was approved is the policy');

-- ---- statement_original ----
SELECT refuses('original_part_once', '23505', 'a part twice', variant('statement_original'));
SELECT refuses('original_parts_count_from_one', '23514', 'a part in front of the first',
    variant('statement_original', '{"part": 0}'));
SELECT refuses('originals_are_immutable', '23001', 'other bytes',
    'UPDATE statement_original SET bytes = ''x''');

-- ---- corridor_change ----
SELECT refuses('change_digest_is_of_its_document', '23514', 'the digest of another document',
    variant('corridor_change', '{"change_id": 9, "definition": "other"}'));
SELECT refuses('change_expires', '23514', 'a change that can be approved for a month',
    variant('corridor_change', jsonb_build_object('change_id', 9,
                                                  'expires_at', now() + interval '30 days')));
SELECT refuses('change_expires', '23514', 'a change that is late from the start',
    variant('corridor_change', '{"change_id": 9, "expires_at": "2026-01-01 00:00Z"}'));
SELECT refuses('maker_of_a_change', '23505', 'a change twice, were it not for its key',
    'ALTER TABLE corridor_change DROP CONSTRAINT corridor_change_pkey CASCADE;'
    || variant('corridor_change'));
SELECT refuses('changes_are_immutable', '23001', 'another document afterwards',
    'UPDATE corridor_change SET definition = ''x''');
SELECT refuses('a_change_is_decided_once', '23505', 'approved a second time',
    variant('corridor_decision'));
SELECT refuses('maker_is_not_checker', '23514', 'the maker approves',
    variant('corridor_decision', jsonb_build_object('change_id', 102, 'checker', 'maker',
        'digest', (SELECT digest FROM corridor_change WHERE change_id = 102))));
SELECT refuses('the_maker_is_the_proposer', '23503', 'in the name of another maker',
    variant('corridor_decision', jsonb_build_object('change_id', 102, 'maker', 'x',
        'digest', (SELECT digest FROM corridor_change WHERE change_id = 102))));
SELECT refuses('decided_is_what_was_proposed', '23514', 'another digest is approved',
    variant('corridor_decision', '{"change_id": 102}'));
SELECT refuses('decided_is_what_was_proposed', '23514', 'a change that nobody proposed',
    variant('corridor_decision', '{"change_id": 9}'));
SELECT refuses('change_is_approved_in_time', '23514', 'approved when its time is over',
    variant('corridor_decision', jsonb_build_object('change_id', 103,
        'digest', (SELECT digest FROM corridor_change WHERE change_id = 103))));
SELECT refuses('decision_needs_its_role', '23514', role_name || ' ' || lower(decision),
    format('SET LOCAL SESSION AUTHORIZATION %I;
            INSERT INTO corridor_decision (change_id, decision, digest, maker, commit_id)
            SELECT 102, %L, digest, maker, 2 FROM corridor_change WHERE change_id = 102',
           role_name, decision))
  FROM (VALUES ('sawa_maker', 'APPROVED'), ('sawa_corridor', 'APPROVED'),
               ('sawa_maker', 'REJECTED'), ('sawa_maker', 'BOOTSTRAP'))
       AS one (role_name, decision);
SELECT refuses('first_load_finds_an_empty_book', '23514', 'a first load of a book that has rows',
    variant('corridor_decision', jsonb_build_object('change_id', 102, 'decision', 'BOOTSTRAP',
        'digest', (SELECT digest FROM corridor_change WHERE change_id = 102))));
SELECT refuses('decisions_are_immutable', '23001', 'taken back', 'DELETE FROM corridor_decision');
SELECT refuses('the_book_changes_by_approval', '23514', 'a row of ' || of_table || ' by itself',
    'ALTER TABLE corridor_decision DISABLE TRIGGER decisions_are_immutable;
     UPDATE corridor_decision SET transaction_id = ''3'';' || variant(of_table, changed::jsonb))
  FROM (VALUES ('participant', '{"participant_id": 9, "code": "BANKKE09"}'),
               ('account', '{"account_id": 9, "code": "x", "servicer_account": "KE09"}'),
               ('participant_account', '{"effective_from": "2026-12-01"}'),
               ('bank_profile', '{"version": 2, "effective_from": "2026-02-01"}'),
               ('corridor', '{"version": 2, "effective_from": "2026-12-01"}'),
               ('corridor_participant', '{"version": 2}'),
               ('corridor_fee', '{"fee_number": 2, "code": "B"}'),
               ('corridor_fee_tier', '{"tier_number": 2}'),
               ('corridor_fx', '{"version": 2}')) AS one (of_table, changed);
SELECT refuses('the_book_changes_by_approval', '23514', 'an approval of long ago',
    'ALTER TABLE corridor_decision DISABLE TRIGGER decisions_are_immutable;
     UPDATE corridor_decision SET decided_at = ''2026-01-01Z'';'
    || variant('corridor', '{"version": 2, "effective_from": "2026-12-01"}'));
SELECT refuses('stored_is_what_was_approved', '23514', 'a version of another document',
    variant('corridor', '{"version": 2, "effective_from": "2026-12-01", "definition": "x"}'));
SELECT refuses('stored_is_what_was_approved', '23514', 'other holidays',
    'INSERT INTO corridor_calendar VALUES (1, 1, ''x'')');
SELECT refuses('stored_is_what_was_approved', '23514', 'an account that stands nowhere',
    variant('participant_account', '{"account": "KE66", "effective_from": "2026-12-01"}'));
SELECT refuses('stored_is_what_was_approved', '23514', 'an account of ours that stands nowhere',
    variant('account', '{"account_id": 9, "code": "x", "servicer_account": "KE66"}'));
SELECT refuses('corridor_versions_ascend', '23514', 'a later version of the same day',
    variant('corridor', '{"version": 2}'));
SELECT refuses('corridor_keeps_its_code_and_currencies', '23514', 'a version in another currency',
    variant('corridor', '{"version": 2, "effective_from": "2026-12-01",
                          "settlement_currency": "USD"}'));
SELECT refuses('corridor_keeps_its_code_and_currencies', '23514', 'a version of another code',
    variant('corridor', '{"version": 2, "effective_from": "2026-12-01", "code": "KES-UGX"}'));
SELECT refuses('bank_profile_versions_ascend', '23514', 'a profile for the time before',
    variant('bank_profile', '{"version": 2, "effective_from": "2025-02-01"}'));
SELECT refuses('participant_accounts_ascend', '23514', 'an account for the time before',
    variant('participant_account', '{"effective_from": "1969-01-01"}'));

SELECT * FROM finish();
ROLLBACK;
