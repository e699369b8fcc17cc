-- Debits equal credits by construction (I2), and an entry once written stays as it is.
\ir lib/begin.sql

SELECT refuses('i2_entries_are_immutable', '23001', 'an UPDATE, even by the owner',
    'UPDATE journal_entry SET amount_minor = 1');
SELECT refuses('i2_entries_are_immutable', '23001', 'an UPDATE of no row',
    'UPDATE journal_entry SET amount_minor = 1 WHERE false');
SELECT refuses('i2_entries_are_immutable', '23001', 'a DELETE', 'DELETE FROM journal_entry');
SELECT refuses('i2_entries_are_immutable', '23001', 'a TRUNCATE', 'TRUNCATE journal_entry');
SELECT refuses('obligations_are_immutable', '23001', 'a DELETE', 'DELETE FROM obligation');
SELECT refuses('net_positions_are_immutable', '23001', 'a DELETE', 'DELETE FROM net_position');
SELECT refuses('net_proofs_are_immutable', '23001', 'an UPDATE',
    'UPDATE net_proof SET gross_minor = 0');
SELECT refuses('fee_obligations_are_immutable', '23001', 'an UPDATE',
    'UPDATE fee_obligation SET amount_minor = 1');
SELECT refuses('corridor_fees_are_immutable', '23001', 'an UPDATE',
    'UPDATE corridor_fee SET own_share = 2');
SELECT refuses('corridor_fee_tiers_are_immutable', '23001', 'an UPDATE',
    'UPDATE corridor_fee_tier SET fixed_minor = 1');
SELECT refuses('corridor_fx_is_immutable', '23001', 'an UPDATE',
    'UPDATE corridor_fx SET max_age_minutes = 1');
SELECT refuses('window_fx_is_immutable', '23001', 'an UPDATE',
    'UPDATE window_fx SET result_minor = 0');
SELECT refuses('window_fx_locks_are_immutable', '23001', 'a DELETE', 'DELETE FROM window_fx_lock');
SELECT refuses('openings_are_immutable', '23001', 'an UPDATE',
    'UPDATE account_opening SET bank_minor = 0');
SELECT refuses('opening_items_are_immutable', '23001', 'a DELETE', 'DELETE FROM opening_item');
SELECT refuses('approvals_are_immutable', '23001', 'a DELETE',
    'DELETE FROM account_opening_approval');

SELECT denies(role_name, 'change an entry', 'UPDATE journal_entry SET amount_minor = 1')
  FROM unnest(ARRAY['sawa_ingest', 'sawa_settle', 'sawa_checker', 'sawa_report']) AS role_name;
SELECT denies(role_name, 'remove an entry', 'DELETE FROM journal_entry')
  FROM unnest(ARRAY['sawa_ingest', 'sawa_settle', 'sawa_checker', 'sawa_report']) AS role_name;
SELECT denies('sawa_report', 'add an entry',
    'INSERT INTO journal_entry VALUES (1, 9, 2, 3, 1, ''KES'', ''2026-11-20'', NULL)');
SELECT allows(role_name, 'add an entry',
    'INSERT INTO journal_entry VALUES (1, 9, 2, 3, 1, ''KES'', ''2026-11-20'', NULL)')
  FROM unnest(ARRAY['sawa_ingest', 'sawa_settle']) AS role_name;
SELECT is((SELECT state || ' ' || broken FROM attempt('sawa_checker',
    'INSERT INTO journal_entry VALUES (1, 9, 2, 3, 1, ''KES'', ''2026-11-20'', NULL)')),
    '23514 i2_checkers_book_by_approval',
    'i2_checkers_book_by_approval: what an approval says, nothing else');

-- A program cannot talk the guard into other accounts by a temporary table of the same name.
SELECT is((SELECT state || ' ' || broken FROM attempt('sawa_ingest',
    'CREATE TEMPORARY TABLE account AS SELECT 4 AS account_id, ''KES''::char(3) AS currency
      UNION SELECT 2, ''KES'';
     INSERT INTO journal_entry VALUES (1, 9, 2, 4, 1, ''KES'', ''2026-11-20'', NULL)')),
    '23503 i2_accounts_keep_the_currency', 'a temporary table named account fools nobody');

INSERT INTO journal_entry VALUES (2, 1, 1, 2, 9223372036854775807, 'KES', '2026-11-21', :window_id),
                                 (2, 2, 3, 1, 9223372036854775807, 'KES', '2026-11-21', :window_id);
SELECT is((SELECT sum(debit_minor) - sum(credit_minor) FROM posting), 0::numeric,
    'the postings sum to zero, past the range of int64 too');
SELECT is((SELECT count(*) FROM posting), 2 * (SELECT count(*) FROM journal_entry),
    'an entry has two postings');

SELECT * FROM finish();
ROLLBACK;
