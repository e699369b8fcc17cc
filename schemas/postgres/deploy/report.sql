-- Deploy sawa:report to pg
-- requires: reconcile
-- How an account begins, and what was reported about it.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

-- Balances of both sides on the evening before our first day, and what was outstanding then. The
-- maker is who is logged in: nobody can propose in another's name.
CREATE TABLE account_opening (
    opening_id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id      integer     NOT NULL REFERENCES account,
    business_date   date        NOT NULL,
    bank_minor      bigint      NOT NULL, -- statement closing balance
    book_minor      bigint      NOT NULL, -- book balance
    bank_open_minor bigint      NOT NULL, -- sum of bookings at the bank that books do not know
    book_open_minor bigint      NOT NULL, -- sum of bookings in books that the bank does not know
    currency        char(3)     NOT NULL,
    digest          bytea       NOT NULL CHECK (octet_length(digest) = 32),
    maker           text        NOT NULL DEFAULT session_user,
    proposed_by     text        NOT NULL DEFAULT '', -- who said so, where a login is shared
    proposed_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    commit_id       bigint      NOT NULL REFERENCES commit_log,
    CONSTRAINT i10_opening_agrees
        CHECK (bank_minor - bank_open_minor = book_minor - book_open_minor),
    CONSTRAINT maker_of_an_opening UNIQUE (opening_id, maker, proposed_by)
);

CREATE TABLE opening_item (
    opening_id    bigint   NOT NULL REFERENCES account_opening,
    line          smallint NOT NULL CHECK (line > 0),
    side          text     NOT NULL CHECK (side IN ('BANK', 'BOOK')),
    amount_minor  bigint   NOT NULL CHECK (amount_minor <> 0),
    value_date    date     NOT NULL,
    end_to_end_id text     NOT NULL,
    reference     text     NOT NULL,
    PRIMARY KEY (opening_id, line)
);

-- A decision by a second person about exactly what was proposed (its digest).
CREATE TABLE account_opening_approval (
    opening_id  bigint      PRIMARY KEY,
    account_id  integer     NOT NULL REFERENCES account,
    digest      bytea       NOT NULL,
    maker       text        NOT NULL,
    proposed_by text        NOT NULL DEFAULT '',
    checker     text        NOT NULL DEFAULT session_user,
    approved_by text        NOT NULL DEFAULT '',
    approved_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    commit_id   bigint      NOT NULL REFERENCES commit_log,
    CONSTRAINT maker_is_not_checker
        CHECK (maker <> checker AND (proposed_by = '' OR proposed_by <> approved_by)),
    CONSTRAINT an_account_opens_once UNIQUE (account_id),
    CONSTRAINT the_maker_is_the_proposer FOREIGN KEY (opening_id, maker, proposed_by)
        REFERENCES account_opening (opening_id, maker, proposed_by)
);

CREATE FUNCTION approval_guard() RETURNS trigger
    LANGUAGE plpgsql SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM account_opening AS opening
                    WHERE opening.opening_id = NEW.opening_id
                      AND opening.digest = NEW.digest AND opening.account_id = NEW.account_id) THEN
        RAISE EXCEPTION 'the approval is about something else than was proposed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'approved_is_what_was_proposed',
                  TABLE = 'account_opening_approval';
    END IF;
    IF EXISTS (SELECT FROM account_opening AS opening
                 LEFT JOIN opening_item AS item USING (opening_id)
                WHERE opening.opening_id = NEW.opening_id
                GROUP BY opening.opening_id
               HAVING coalesce(sum(item.amount_minor) FILTER (WHERE item.side = 'BANK'), 0)
                          <> opening.bank_open_minor
                   OR coalesce(sum(item.amount_minor) FILTER (WHERE item.side = 'BOOK'), 0)
                          <> opening.book_open_minor) THEN
        RAISE EXCEPTION 'the outstanding items do not sum to the outstanding totals'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'i10_opening_items_are_the_difference',
                  TABLE = 'account_opening_approval';
    END IF;
    IF EXISTS (SELECT FROM account_opening AS opening
                 JOIN posting USING (account_id)
                WHERE opening.opening_id = NEW.opening_id
                  AND posting.booking_date <= opening.business_date)
       OR EXISTS (SELECT FROM account_opening AS opening
                    JOIN statement USING (account_id)
                   WHERE opening.opening_id = NEW.opening_id AND statement.state = 'LOADED'
                     AND statement.closing_date <= opening.business_date) THEN
        RAISE EXCEPTION 'the account has postings or statements of its opening day or before'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'an_account_opens_before_its_first_day',
                  TABLE = 'account_opening_approval';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER approved_is_what_was_proposed AFTER INSERT ON account_opening_approval
    FOR EACH ROW EXECUTE FUNCTION approval_guard();
CREATE TRIGGER openings_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON account_opening
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER opening_items_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON opening_item
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER approvals_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON account_opening_approval
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE expected_item ADD CONSTRAINT expected_item_opening
    FOREIGN KEY (opening_id) REFERENCES account_opening_approval;
ALTER TABLE statement_entry ADD CONSTRAINT statement_entry_opening
    FOREIGN KEY (opening_id) REFERENCES account_opening_approval;

-- What a report said: its figures and the digest of its canonical JSON.
CREATE TABLE report (
    report_id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id        integer     NOT NULL REFERENCES account,
    business_date     date        NOT NULL,
    bank_minor        bigint,     -- null: no statement up to that date
    book_minor        bigint      NOT NULL,
    unexplained_minor bigint,
    digest            bytea       NOT NULL CHECK (octet_length(digest) = 32),
    made_at           timestamptz NOT NULL,
    commit_id         bigint      NOT NULL REFERENCES commit_log
);
CREATE INDEX report_account ON report (account_id, business_date);

GRANT INSERT (account_id, business_date, bank_minor, book_minor, bank_open_minor, book_open_minor,
              currency, digest, proposed_by, commit_id) ON account_opening TO sawa_maker;
GRANT INSERT ON opening_item TO sawa_maker;
GRANT INSERT (opening_id, account_id, digest, maker, proposed_by, approved_by, commit_id)
    ON account_opening_approval TO sawa_checker;
GRANT SELECT ON account_opening, opening_item, account_opening_approval
    TO sawa_reconcile, sawa_report, sawa_maker, sawa_checker, sawa_reader;
GRANT SELECT, INSERT ON report TO sawa_report;
GRANT SELECT ON report TO sawa_reader;

RESET ROLE;
COMMIT;
