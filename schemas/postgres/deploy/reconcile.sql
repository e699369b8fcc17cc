-- Deploy sawa:reconcile to pg
-- requires: statement
-- What explains what, and what nothing explains.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

-- Expected items and entries that explain each other. The id is the UUIDv5 of rule and members:
-- the same inputs give the same ids (I14).
CREATE TABLE match (
    match_id         uuid    PRIMARY KEY,
    account_id       integer NOT NULL REFERENCES account,
    rule             text    NOT NULL,
    state            text    NOT NULL DEFAULT 'CONFIRMED' CHECK (state IN ('CONFIRMED', 'VOIDED')),
    expected_minor   bigint  NOT NULL,
    entry_minor      bigint  NOT NULL,
    difference_minor bigint  NOT NULL, -- entry - expected
    matched_on       date    NOT NULL, -- first business date that knows all its members
    commit_id        bigint  NOT NULL REFERENCES commit_log,
    CONSTRAINT match_difference_is_told CHECK (difference_minor = entry_minor - expected_minor)
);
CREATE INDEX match_account ON match (account_id, matched_on);

CREATE TABLE match_member (
    match_id         uuid    NOT NULL REFERENCES match,
    expected_item_id uuid    REFERENCES expected_item,
    entry_id         uuid    REFERENCES statement_entry,
    is_live          boolean NOT NULL DEFAULT true, -- false once its match is voided
    CONSTRAINT match_member_is_one_thing CHECK ((expected_item_id IS NULL) <> (entry_id IS NULL))
);
CREATE INDEX match_member_match ON match_member (match_id);
CREATE UNIQUE INDEX i13_expected_item_matched_once ON match_member (expected_item_id)
    WHERE is_live;
CREATE UNIQUE INDEX i13_entry_matched_once ON match_member (entry_id) WHERE is_live;

-- What nothing explains: an expected item or an entry, open at most once. What it is called and
-- what might explain it may change while it is open; when it began and ended may not.
CREATE TABLE break_item (
    break_id         bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id       integer NOT NULL REFERENCES account,
    expected_item_id uuid    REFERENCES expected_item,
    entry_id         uuid    REFERENCES statement_entry,
    type             text    NOT NULL CHECK (type IN (
        'missing_at_bank', 'missing_in_books', 'amount', 'currency', 'date', 'duplicate_at_bank',
        'duplicate_in_books', 'fee_variance', 'fx_variance', 'direction', 'ambiguous', 'returned',
        'unidentified_receipt')),
    state            text    NOT NULL DEFAULT 'OPEN' CHECK (state IN (
        'OPEN', 'ASSIGNED', 'PROPOSED', 'APPROVED', 'RESOLVED')),
    digest           uuid    NOT NULL, -- of type and candidates: has anything changed?
    amount_minor     bigint  NOT NULL,
    currency         char(3) NOT NULL,
    opened_on        date    NOT NULL, -- business date that made it a break
    closed_on        date,
    opened_commit_id bigint  NOT NULL REFERENCES commit_log,
    closed_commit_id bigint  REFERENCES commit_log,
    CONSTRAINT break_item_is_one_thing CHECK ((expected_item_id IS NULL) <> (entry_id IS NULL)),
    CONSTRAINT break_ends_once CHECK ((state = 'RESOLVED') = (closed_on IS NOT NULL)
                                      AND (closed_on IS NULL) = (closed_commit_id IS NULL)),
    CONSTRAINT break_is_half_open CHECK (opened_on <= closed_on)
);
CREATE INDEX break_account ON break_item (account_id, opened_on);
CREATE UNIQUE INDEX one_open_break_per_expected_item ON break_item (expected_item_id)
    WHERE closed_on IS NULL;
CREATE UNIQUE INDEX one_open_break_per_entry ON break_item (entry_id) WHERE closed_on IS NULL;

-- What might explain a break, the likeliest first.
CREATE TABLE break_candidate (
    break_id         bigint   NOT NULL REFERENCES break_item,
    rank             smallint NOT NULL CHECK (rank > 0),
    expected_item_id uuid     REFERENCES expected_item,
    entry_id         uuid     REFERENCES statement_entry,
    reason           text     NOT NULL,
    PRIMARY KEY (break_id, rank),
    CONSTRAINT break_candidate_is_one_thing CHECK ((expected_item_id IS NULL) <> (entry_id IS NULL))
);

-- Up to which statement date an account is reconciled: dates are taken in order, so what matches
-- does not depend on the order in which statements came (I14).
CREATE TABLE reconcile_mark (
    account_id    integer PRIMARY KEY REFERENCES account,
    reconciled_to date    NOT NULL,
    commit_id     bigint  NOT NULL REFERENCES commit_log
);

-- is_open of both sides follows the members: nothing else may write it.
CREATE FUNCTION match_member_closes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    UPDATE expected_item SET is_open = false
      FROM added WHERE expected_item.expected_item_id = added.expected_item_id AND added.is_live;
    UPDATE statement_entry SET is_open = false
      FROM added WHERE statement_entry.entry_id = added.entry_id AND added.is_live;
    RETURN NULL;
END
$$;
CREATE TRIGGER match_member_closes AFTER INSERT ON match_member
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION match_member_closes();

GRANT SELECT, INSERT ON match, match_member, break_item, break_candidate TO sawa_reconcile;
GRANT UPDATE (type, digest, state, closed_on, closed_commit_id) ON break_item TO sawa_reconcile;
GRANT DELETE ON break_candidate TO sawa_reconcile;
GRANT SELECT, INSERT, UPDATE ON reconcile_mark TO sawa_reconcile;
GRANT SELECT ON match, match_member, break_item, break_candidate, reconcile_mark
    TO sawa_report, sawa_maker, sawa_checker, sawa_reader;

RESET ROLE;
COMMIT;
