-- Revert sawa:suspense from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('suspense_clearing', 'suspense_clearing_approval', 'suspense_balance');
SET ROLE sawa_owner;
SET search_path = sawa;

CREATE OR REPLACE FUNCTION checker_entry_guard() RETURNS trigger
    LANGUAGE plpgsql SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NOT pg_has_role(current_user, 'sawa_checker', 'USAGE')
       OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        RETURN NULL;
    END IF;
    IF EXISTS (
        SELECT FROM added
         WHERE NOT EXISTS (
                   SELECT FROM account_opening_approval AS approval
                     JOIN account_opening AS opening USING (opening_id)
                     JOIN account AS opposite
                       ON opposite.kind = 'OPENING'
                      AND opposite.account_id IN (added.debit_account_id, added.credit_account_id)
                    WHERE approval.commit_id = added.commit_id
                      AND approval.xmin = pg_current_xact_id()::xid AND added.line = 1
                      AND added.booking_date = opening.business_date
                      AND added.amount_minor = abs(opening.book_minor)
                      AND opening.account_id = CASE WHEN opening.book_minor > 0
                                                    THEN added.debit_account_id
                                                    ELSE added.credit_account_id END)
           AND NOT EXISTS (
                   SELECT FROM prefunding_approval AS approval
                     JOIN prefunding AS placed USING (prefunding_id)
                     JOIN account AS owed
                       ON owed.kind = 'PREFUNDING' AND owed.participant_id = placed.participant_id
                      AND owed.account_id IN (added.debit_account_id, added.credit_account_id)
                    WHERE approval.commit_id = added.commit_id
                      AND approval.xmin = pg_current_xact_id()::xid AND added.line = 1
                      AND added.amount_minor = abs(placed.amount_minor)
                      AND placed.account_id = CASE WHEN placed.amount_minor > 0
                                                   THEN added.debit_account_id
                                                   ELSE added.credit_account_id END)) THEN
        RAISE EXCEPTION 'a checker books what an approval of the same transaction says'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'i2_checkers_book_by_approval',
                  TABLE = 'journal_entry';
    END IF;
    RETURN NULL;
END
$$;

DROP TRIGGER expected_is_what_is_cleared ON expected_item;
ALTER TABLE expected_item
    DROP CONSTRAINT expected_item_has_one_origin,
    DROP COLUMN clearing_id,
    ADD CONSTRAINT expected_item_has_one_origin
        CHECK (num_nonnulls(instruction_id, opening_id, return_id, prefunding_id) = 1);
DROP TRIGGER suspense_begins ON abandoned_instruction;
DROP VIEW suspense_booking;
DROP TABLE suspense_clearing_approval, suspense_clearing;
DROP FUNCTION suspense_digest(uuid, bigint, text, integer, date, text, text),
              suspense_begin(), suspense_clearing_guard(), suspense_approval_guard(),
              suspense_approval_enter(), suspense_booking_guard(), clearing_item_guard();
DROP VIEW suspense_item;
DROP TABLE suspense_balance, suspense_purpose;

CREATE OR REPLACE FUNCTION own_account(of_kind text, of_currency char(3)) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
DECLARE
    found integer;
BEGIN
    IF of_kind NOT IN ('BANK_CHARGES', 'SUSPENSE') THEN
        RAISE EXCEPTION 'no account of kind % is made here', of_kind
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO account (code, kind, currency)
    VALUES (of_kind || ':' || of_currency, of_kind, of_currency)
        ON CONFLICT (code) DO NOTHING;
    SELECT account_id INTO STRICT found
      FROM account WHERE code = of_kind || ':' || of_currency AND kind = of_kind;
    RETURN found;
END
$$;

DELETE FROM account_kind WHERE kind = 'GAIN_LOSS';
ALTER TABLE account DROP CONSTRAINT account_kind_known;
ALTER TABLE account ADD CONSTRAINT account_kind_known
    CHECK (kind IN ('NOSTRO', 'OBLIGATION', 'OPENING', 'FEE_INCOME', 'TAX_PAYABLE', 'BANK_CHARGES',
                    'SUSPENSE', 'PREFUNDING', 'FX_POSITION', 'FX_GAIN_LOSS'));

RESET ROLE;
COMMIT;
