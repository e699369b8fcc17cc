-- Deploy sawa:checker_entry to pg
-- requires: prefunding
-- requires: report
-- A checker books what an approval of the same transaction says, to the last unit, and no more.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

-- One look per statement, at the statement's own role: the programs' roles pass it at once. Line 1:
-- a commit has one such entry. Whoever may do everything (a superuser) is not asked.
CREATE FUNCTION checker_entry_guard() RETURNS trigger
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
CREATE TRIGGER i2_checkers_book_by_approval AFTER INSERT ON journal_entry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION checker_entry_guard();

RESET ROLE;
COMMIT;
