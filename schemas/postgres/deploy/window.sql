-- Deploy sawa:window to pg
-- requires: stream
-- Settlement windows, their cuts and their running totals.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

-- window_id = corridor_id << 32 | days since 2000-01-01 << 8 | sequence: the same in every
-- database, and the key of the window's gate (an advisory lock).
CREATE TABLE settlement_window (
    window_id        bigint      PRIMARY KEY,
    corridor_id      integer     NOT NULL,
    corridor_version integer     NOT NULL,
    business_date    date        NOT NULL,
    sequence         smallint    NOT NULL CHECK (sequence BETWEEN 1 AND 255),
    opens_at         timestamptz NOT NULL,
    cut_off          timestamptz NOT NULL,
    grace_ends_at    timestamptz NOT NULL,
    state            text        NOT NULL DEFAULT 'OPEN',
    hold_reason      text,
    changed_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT window_state_known CHECK (state IN ('OPEN', 'CLOSING', 'CLOSED', 'INSTRUCTED',
                                                   'SETTLED', 'FAILED', 'HELD', 'REOPENED')),
    CONSTRAINT window_is_half_open CHECK (opens_at < cut_off AND cut_off <= grace_ends_at),
    CONSTRAINT i9_window_id_is_its_place
        CHECK (business_date >= DATE '2000-01-01'
               AND window_id = (corridor_id::bigint << 32)
                               | ((business_date - DATE '2000-01-01')::bigint << 8)
                               | sequence::bigint),
    CONSTRAINT i3_windows_do_not_overlap -- a range of one id: needs no extension
        EXCLUDE USING gist (int4range(corridor_id, corridor_id, '[]') WITH &&,
                            tstzrange(opens_at, cut_off) WITH &&),
    UNIQUE (corridor_id, business_date, sequence),
    FOREIGN KEY (corridor_id, corridor_version) REFERENCES corridor (corridor_id, version)
);
CREATE INDEX window_due ON settlement_window (cut_off) WHERE state IN ('OPEN', 'CLOSING', 'HELD');

-- The first offset of a partition that no longer belongs to the window. WATERMARK: its
-- watermark passed the cut-off there (ingest saw it). GRACE, COMMAND: where the partition stood
-- when the close ran without that. No foreign key to position: its check would wait for the batch
-- that has locked the row, and that batch may be waiting for the close at the gate.
CREATE TABLE window_cut (
    window_id  bigint  NOT NULL REFERENCES settlement_window,
    source_id  integer NOT NULL REFERENCES source,
    partition  integer NOT NULL CHECK (partition >= 0),
    cut_offset bigint  NOT NULL CHECK (cut_offset >= 0),
    kind       text    NOT NULL CHECK (kind IN ('WATERMARK', 'GRACE', 'COMMAND')),
    CONSTRAINT i3_one_cut_per_partition PRIMARY KEY (window_id, source_id, partition)
);

-- What one commit adds to one window; append-only. Pairs stand in four arrays of one length.
-- fold_id tells which fold has taken it in.
CREATE TABLE window_delta (
    window_id     bigint   NOT NULL,
    commit_id     bigint   NOT NULL,
    fold_id       bigint,
    payment_count integer  NOT NULL CHECK (payment_count > 0),
    late_count    integer  NOT NULL CHECK (late_count BETWEEN 0 AND payment_count),
    gross_minor   bigint   NOT NULL CHECK (gross_minor > 0), -- sum of |settlement_minor|
    debtor_ids    integer[] NOT NULL,
    creditor_ids  integer[] NOT NULL,
    counts        integer[] NOT NULL,
    minors        bigint[]  NOT NULL, -- all positive: a reversal is the pair the other way round
    lock_ids      uuid[]    NOT NULL,
    CONSTRAINT i3_one_delta_per_commit PRIMARY KEY (window_id, commit_id),
    CONSTRAINT window_delta_pairs_match
        CHECK (cardinality(debtor_ids) = cardinality(creditor_ids)
               AND cardinality(debtor_ids) = cardinality(counts)
               AND cardinality(debtor_ids) = cardinality(minors))
);
ALTER TABLE window_delta ALTER COLUMN debtor_ids SET STORAGE EXTERNAL,
                         ALTER COLUMN creditor_ids SET STORAGE EXTERNAL,
                         ALTER COLUMN counts SET STORAGE EXTERNAL,
                         ALTER COLUMN minors SET STORAGE EXTERNAL;
-- Nothing is looked up by what stands in them, and their statistics cost a second of ANALYZE.
ALTER TABLE window_delta ALTER COLUMN debtor_ids SET STATISTICS 0,
                         ALTER COLUMN creditor_ids SET STATISTICS 0,
                         ALTER COLUMN counts SET STATISTICS 0,
                         ALTER COLUMN minors SET STATISTICS 0,
                         ALTER COLUMN lock_ids SET STATISTICS 0;
CREATE INDEX window_delta_pending ON window_delta (window_id) WHERE fold_id IS NULL;

GRANT SELECT ON settlement_window, window_cut, window_delta
    TO sawa_ingest, sawa_settle, sawa_reconcile, sawa_report, sawa_reader;
GRANT INSERT ON window_cut TO sawa_ingest;
GRANT INSERT (window_id, commit_id, payment_count, late_count, gross_minor, debtor_ids,
              creditor_ids, counts, minors, lock_ids) ON window_delta TO sawa_ingest;
GRANT INSERT ON settlement_window, window_cut TO sawa_settle;
GRANT UPDATE (state, hold_reason, changed_at) ON settlement_window TO sawa_settle;
GRANT UPDATE (fold_id) ON window_delta TO sawa_settle;

RESET ROLE;
COMMIT;
