-- Deploy sawa:journal to pg
-- requires: stream
-- Double entry. One row is one entry with its two legs: it cannot be out of balance (I2).

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

CREATE TABLE journal_entry (
    commit_id         bigint  NOT NULL,
    line              integer NOT NULL,
    debit_account_id  integer NOT NULL,
    credit_account_id integer NOT NULL,
    amount_minor      bigint  NOT NULL,
    currency          char(3) NOT NULL,
    booking_date      date    NOT NULL,
    window_id         bigint, -- entries of a close; null for the accruals of ingest
    CONSTRAINT journal_entry_key PRIMARY KEY (commit_id, line),
    CONSTRAINT i2_amount_positive CHECK (amount_minor > 0),
    CONSTRAINT i2_two_accounts CHECK (debit_account_id <> credit_account_id)
);
CREATE INDEX journal_entry_debit ON journal_entry (debit_account_id, booking_date);
CREATE INDEX journal_entry_credit ON journal_entry (credit_account_id, booking_date);
CREATE INDEX journal_entry_window ON journal_entry (window_id) WHERE window_id IS NOT NULL;

CREATE VIEW posting AS
    SELECT commit_id, line, debit_account_id AS account_id, amount_minor AS debit_minor,
           0::bigint AS credit_minor, currency, booking_date, window_id
      FROM journal_entry
    UNION ALL
    SELECT commit_id, line, credit_account_id, 0, amount_minor, currency, booking_date, window_id
      FROM journal_entry;

-- Both accounts exist and keep the entry's currency: one set-based look per statement.
CREATE FUNCTION journal_entry_guard() RETURNS trigger
    LANGUAGE plpgsql SET search_path = sawa, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM added
                 LEFT JOIN account AS debit ON debit.account_id = added.debit_account_id
                                           AND debit.currency = added.currency
                 LEFT JOIN account AS credit ON credit.account_id = added.credit_account_id
                                            AND credit.currency = added.currency
                WHERE debit.account_id IS NULL OR credit.account_id IS NULL) THEN
        RAISE EXCEPTION 'an entry names an account that does not keep its currency'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'i2_accounts_keep_the_currency',
                  TABLE = 'journal_entry';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER i2_accounts_keep_the_currency AFTER INSERT ON journal_entry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION journal_entry_guard();

-- Corrections are new entries.
CREATE FUNCTION refuse_change() RETURNS trigger
    LANGUAGE plpgsql SET search_path = sawa, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% rows are never changed or removed', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME,
              HINT = 'post a correcting entry';
END
$$;
CREATE TRIGGER i2_entries_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT INSERT ON journal_entry TO sawa_ingest, sawa_settle, sawa_checker;
GRANT SELECT ON journal_entry, posting
    TO sawa_ingest, sawa_settle, sawa_reconcile, sawa_report, sawa_checker, sawa_reader;

RESET ROLE;
COMMIT;
