-- Deploy sawa:statement to pg
-- requires: settle
-- What banks say: files, statements, entries, and what is wrong with them.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

-- A file is its SHA-256. LOADING: some of its statements may be stored already; loading it again
-- goes on where it stopped. REFUSED: nothing of it counts.
CREATE TABLE statement_file (
    file_id     bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest      bytea       NOT NULL CHECK (octet_length(digest) = 32),
    name        text        NOT NULL,
    size        bigint      NOT NULL CHECK (size >= 0),
    state       text        NOT NULL CHECK (state IN ('LOADING', 'LOADED', 'REFUSED')),
    original    bytea, -- compressed; null where the file was refused as too large
    received_at timestamptz NOT NULL,
    CONSTRAINT a_file_is_its_digest UNIQUE (digest)
);
ALTER TABLE statement_file ALTER COLUMN original SET STORAGE EXTERNAL;

-- All or nothing: a HELD statement has no entries here, only its findings; it waits whole.
CREATE TABLE statement (
    statement_id    bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    file_id         bigint  NOT NULL REFERENCES statement_file,
    ordinal         integer NOT NULL CHECK (ordinal > 0), -- its place in the file
    commit_id       bigint  NOT NULL REFERENCES commit_log,
    digest          bytea   NOT NULL CHECK (octet_length(digest) = 32),
    account_id      integer REFERENCES account, -- null: no account of ours (held)
    account_number  text    NOT NULL,
    currency        char(3) NOT NULL,
    format          text    NOT NULL,
    version         text    NOT NULL,
    sequence_number text    NOT NULL,
    page            integer NOT NULL,
    state           text    NOT NULL CHECK (state IN ('LOADED', 'HELD')),
    hold_reason     text    NOT NULL,
    opening_minor   bigint,
    opening_date    date,
    closing_minor   bigint,
    closing_date    date,
    entry_count     integer NOT NULL CHECK (entry_count >= 0),
    loaded_count    integer NOT NULL CHECK (loaded_count BETWEEN 0 AND entry_count),
    CONSTRAINT a_statement_is_its_digest UNIQUE (digest),
    CONSTRAINT statement_of_a_file_once UNIQUE (file_id, ordinal),
    CONSTRAINT loaded_statement_is_whole
        CHECK (state = 'HELD' OR (account_id IS NOT NULL AND closing_minor IS NOT NULL
                                  AND closing_date IS NOT NULL)),
    CONSTRAINT held_statement_has_no_entries
        CHECK (state = 'LOADED' OR (loaded_count = 0 AND hold_reason <> ''))
);
CREATE INDEX statement_balance ON statement (account_id, closing_date) WHERE state = 'LOADED';

-- One booking of a bank. Its id is the UUIDv5 of key and occurrence: two equal bookings of a day
-- are two, the same booking read from two overlapping statements is one.
CREATE TABLE statement_entry (
    entry_id           uuid    PRIMARY KEY,
    account_id         integer NOT NULL REFERENCES account,
    statement_id       bigint  REFERENCES statement,
    opening_id         bigint, -- a booking from before the account was opened, outstanding then
    position           integer NOT NULL CHECK (position > 0),
    entry_key          bytea   NOT NULL CHECK (octet_length(entry_key) = 32),
    occurrence         integer NOT NULL CHECK (occurrence > 0),
    amount_minor       bigint  NOT NULL CHECK (amount_minor <> 0), -- positive: money in
    currency           char(3) NOT NULL,
    value_date         date    NOT NULL,
    booking_date       date    NOT NULL,
    as_of              date    NOT NULL, -- closing date of its statement
    reversal           boolean NOT NULL,
    returned           boolean NOT NULL, -- the bank gave a return reason
    end_to_end_id      text    NOT NULL,
    instruction_id     text    NOT NULL,
    transaction_id     text    NOT NULL,
    uetr               text    NOT NULL,
    customer_reference text    NOT NULL,
    servicer_reference text    NOT NULL,
    remittance         text    NOT NULL,
    is_open            boolean NOT NULL DEFAULT true, -- kept by a trigger on match_member
    CONSTRAINT an_entry_is_its_key_and_count UNIQUE (account_id, entry_key, occurrence),
    CONSTRAINT entry_has_one_origin CHECK ((statement_id IS NULL) <> (opening_id IS NULL))
);
CREATE INDEX statement_entry_open ON statement_entry (account_id) WHERE is_open;
CREATE INDEX statement_entry_as_of ON statement_entry (account_id, as_of);

CREATE TABLE finding (
    finding_id   bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    file_id      bigint  NOT NULL REFERENCES statement_file,
    statement_id bigint  REFERENCES statement, -- null: about the file
    code         text    NOT NULL,
    severity     text    NOT NULL CHECK (severity IN ('info', 'warning', 'error')),
    entry        integer NOT NULL, -- 0: about the whole
    line         bigint  NOT NULL, -- 0: not known
    finding      text    NOT NULL
);
CREATE INDEX finding_statement ON finding (statement_id);

GRANT SELECT, INSERT ON statement_file, statement, statement_entry, finding TO sawa_statement;
GRANT UPDATE (state) ON statement_file TO sawa_statement;
GRANT SELECT ON statement_file, statement, statement_entry, finding
    TO sawa_reconcile, sawa_report, sawa_maker, sawa_checker, sawa_reader;
GRANT INSERT ON statement_entry TO sawa_checker;

RESET ROLE;
COMMIT;
