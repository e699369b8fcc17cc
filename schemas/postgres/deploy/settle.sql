-- Deploy sawa:settle to pg
-- requires: payment journal fx
-- What a closed window becomes: obligations, net positions with their proof, instructions and
-- what we then expect to see on a statement.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

-- The holidays a corridor version was loaded with: its definition only names them.
CREATE TABLE corridor_calendar (
    corridor_id integer NOT NULL,
    version     integer NOT NULL,
    holidays    text    NOT NULL, -- CSV: country,date,name
    PRIMARY KEY (corridor_id, version),
    FOREIGN KEY (corridor_id, version) REFERENCES corridor (corridor_id, version)
);

CREATE SEQUENCE fold_id_seq;

-- The deltas of a window taken together so far. A cache: it can be made again from window_delta
-- alone, whose fold_id tells what it holds.
CREATE TABLE window_fold (
    window_id     bigint    PRIMARY KEY REFERENCES settlement_window,
    fold_id       bigint    NOT NULL,
    delta_count   integer   NOT NULL CHECK (delta_count > 0),
    payment_count bigint    NOT NULL CHECK (payment_count > 0),
    late_count    bigint    NOT NULL CHECK (late_count BETWEEN 0 AND payment_count),
    gross_minor   bigint    NOT NULL CHECK (gross_minor > 0),
    debtor_ids    integer[] NOT NULL,
    creditor_ids  integer[] NOT NULL,
    counts        bigint[]  NOT NULL,
    minors        bigint[]  NOT NULL,
    open_lock_ids uuid[]    NOT NULL, -- named by payments, not (yet) found in fx_lock
    CONSTRAINT window_fold_pairs_match
        CHECK (cardinality(debtor_ids) = cardinality(creditor_ids)
               AND cardinality(debtor_ids) = cardinality(counts)
               AND cardinality(debtor_ids) = cardinality(minors))
);

-- Who owes whom how much in one window, gross. A reversal is an obligation the other way round.
CREATE TABLE obligation (
    window_id     bigint  NOT NULL REFERENCES settlement_window,
    debtor_id     integer NOT NULL REFERENCES participant,
    creditor_id   integer NOT NULL REFERENCES participant,
    payment_count bigint  NOT NULL CHECK (payment_count > 0),
    amount_minor  bigint  NOT NULL CHECK (amount_minor > 0),
    currency      char(3) NOT NULL,
    CONSTRAINT i3_obligation_once PRIMARY KEY (window_id, debtor_id, creditor_id),
    CONSTRAINT obligation_parties_differ CHECK (debtor_id <> creditor_id)
);

-- After netting. counterparty_id is 0 where the settlement agent stands between (multilateral).
CREATE TABLE net_position (
    window_id       bigint  NOT NULL REFERENCES settlement_window,
    participant_id  integer NOT NULL REFERENCES participant,
    counterparty_id integer NOT NULL CHECK (counterparty_id >= 0),
    owes_minor      bigint  NOT NULL CHECK (owes_minor >= 0),
    is_owed_minor   bigint  NOT NULL CHECK (is_owed_minor >= 0),
    net_minor       bigint  NOT NULL, -- positive: is paid
    currency        char(3) NOT NULL,
    CONSTRAINT i3_net_position_once PRIMARY KEY (window_id, participant_id, counterparty_id),
    CONSTRAINT net_is_the_difference CHECK (net_minor = is_owed_minor - owes_minor)
);

-- One row per closed window: the nets sum to zero and equal the gross obligations.
CREATE TABLE net_proof (
    window_id         bigint  PRIMARY KEY REFERENCES settlement_window,
    commit_id         bigint  NOT NULL UNIQUE REFERENCES commit_log,
    fold_id           bigint, -- null: the window had no payments
    model             text    NOT NULL,
    currency          char(3) NOT NULL,
    payment_count     bigint  NOT NULL CHECK (payment_count >= 0),
    late_count        bigint  NOT NULL CHECK (late_count BETWEEN 0 AND payment_count),
    gross_minor       bigint  NOT NULL, -- as the deltas count it
    obligation_count  integer NOT NULL,
    obligation_minor  bigint  NOT NULL,
    position_count    integer NOT NULL,
    net_debit_minor   bigint  NOT NULL CHECK (net_debit_minor >= 0),
    net_credit_minor  bigint  NOT NULL CHECK (net_credit_minor >= 0),
    CONSTRAINT i3_total_is_the_sum_of_its_payments CHECK (gross_minor = obligation_minor),
    CONSTRAINT i2_nets_sum_to_zero CHECK (net_debit_minor = net_credit_minor)
);

-- One payment to be made. COLLECT: the participant pays us; PAY: we pay the participant.
-- The id is the UUIDv5 of window, participant, counterparty and direction: a close that is tried
-- again, or replayed, names the same payment.
CREATE TABLE instruction (
    instruction_id  uuid    PRIMARY KEY,
    window_id       bigint  NOT NULL REFERENCES settlement_window,
    participant_id  integer NOT NULL REFERENCES participant,
    counterparty_id integer NOT NULL,
    direction       text    NOT NULL CHECK (direction IN ('COLLECT', 'PAY')),
    account_id      integer NOT NULL REFERENCES account,
    amount_minor    bigint  NOT NULL CHECK (amount_minor > 0),
    currency        char(3) NOT NULL,
    settlement_date date    NOT NULL,
    end_to_end_id   text    NOT NULL UNIQUE CHECK (end_to_end_id ~ '^[0-9a-f]{32}$'),
    status          text    NOT NULL DEFAULT 'PENDING'
                            CHECK (status IN ('PENDING', 'SENT', 'ACCEPTED', 'SETTLED',
                                              'REJECTED')),
    commit_id       bigint  NOT NULL REFERENCES commit_log,
    CONSTRAINT i3_instruction_once UNIQUE (window_id, participant_id, counterparty_id, direction)
);

-- What we expect to see on a statement. Positive: money in. The book date is the booking date of
-- its journal entry: book balance and expected items always move together (I10).
CREATE TABLE expected_item (
    expected_item_id uuid    PRIMARY KEY,
    account_id       integer NOT NULL REFERENCES account,
    instruction_id   uuid    UNIQUE REFERENCES instruction,
    opening_id       bigint, -- an item that was outstanding when the account was opened
    window_id        bigint  REFERENCES settlement_window,
    participant_id   integer REFERENCES participant,
    amount_minor     bigint  NOT NULL CHECK (amount_minor <> 0),
    currency         char(3) NOT NULL,
    book_date        date    NOT NULL,
    value_date       date    NOT NULL,
    due_date         date    NOT NULL, -- after it, its absence is a break
    end_to_end_id    text    NOT NULL DEFAULT '',
    reference        text    NOT NULL DEFAULT '',
    is_open          boolean NOT NULL DEFAULT true, -- kept by a trigger on match_member
    commit_id        bigint  NOT NULL REFERENCES commit_log,
    CONSTRAINT expected_item_has_one_origin
        CHECK ((instruction_id IS NULL) <> (opening_id IS NULL)),
    CONSTRAINT expected_item_is_due_after_its_value_date CHECK (value_date <= due_date)
);
CREATE INDEX expected_item_open ON expected_item (account_id) WHERE is_open;
CREATE INDEX expected_item_book ON expected_item (account_id, book_date);
CREATE INDEX expected_item_window ON expected_item (window_id) WHERE is_open;

CREATE TRIGGER obligations_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON obligation
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER net_positions_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON net_position
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER net_proofs_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON net_proof
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT ON corridor_calendar TO sawa_program;
GRANT INSERT ON corridor_calendar TO sawa_corridor;
GRANT USAGE ON SEQUENCE fold_id_seq TO sawa_settle;
GRANT SELECT, INSERT, UPDATE ON window_fold TO sawa_settle;
GRANT SELECT, INSERT ON obligation, net_position, net_proof, instruction, expected_item
    TO sawa_settle;
GRANT SELECT ON audit_leaf TO sawa_settle;
GRANT SELECT ON window_fold, obligation, net_position, net_proof, instruction, expected_item
    TO sawa_reconcile, sawa_report, sawa_maker, sawa_checker, sawa_reader;
GRANT INSERT ON expected_item TO sawa_checker;

RESET ROLE;
COMMIT;
