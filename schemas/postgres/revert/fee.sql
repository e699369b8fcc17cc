-- Revert sawa:fee from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('corridor_fee', 'corridor_fee_tier', 'fee_obligation');

DROP FUNCTION sawa.round_as(numeric, text);
DROP TABLE sawa.fee_obligation, sawa.corridor_fee_tier, sawa.corridor_fee;
ALTER TABLE sawa.net_proof DROP CONSTRAINT i2_nets_sum_to_zero;
ALTER TABLE sawa.net_proof
    ADD CONSTRAINT i2_nets_sum_to_zero CHECK (net_debit_minor = net_credit_minor),
    DROP COLUMN fee_income_minor,
    DROP COLUMN fee_tax_minor;
ALTER TABLE sawa.window_delta
    DROP CONSTRAINT window_delta_charges_match,
    DROP COLUMN fee_numbers, DROP COLUMN fee_debtor_ids, DROP COLUMN fee_creditor_ids,
    DROP COLUMN fee_counts, DROP COLUMN fee_minors;
ALTER TABLE sawa.window_fold
    DROP CONSTRAINT window_fold_charges_match,
    DROP COLUMN fee_numbers, DROP COLUMN fee_debtor_ids, DROP COLUMN fee_creditor_ids,
    DROP COLUMN fee_counts, DROP COLUMN fee_minors;

-- A view loses no column by being replaced: made again as it was, with its rights.
DROP VIEW sawa.posting;
ALTER TABLE sawa.journal_entry DROP COLUMN purpose;
SET ROLE sawa_owner;
CREATE VIEW sawa.posting AS
    SELECT commit_id, line, debit_account_id AS account_id, amount_minor AS debit_minor,
           0::bigint AS credit_minor, currency, booking_date, window_id
      FROM sawa.journal_entry
    UNION ALL
    SELECT commit_id, line, credit_account_id, 0, amount_minor, currency, booking_date, window_id
      FROM sawa.journal_entry;
GRANT SELECT ON sawa.posting
    TO sawa_ingest, sawa_settle, sawa_reconcile, sawa_report, sawa_checker, sawa_reader;
RESET ROLE;
ALTER TABLE sawa.account DROP CONSTRAINT account_kind_known;
ALTER TABLE sawa.account ADD CONSTRAINT account_kind_check
    CHECK (kind IN ('NOSTRO', 'OBLIGATION', 'OPENING'));

COMMIT;
