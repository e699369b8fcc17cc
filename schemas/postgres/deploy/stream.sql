-- Deploy sawa:stream to pg
-- requires: book
-- Stream positions, commits and their raw records: the truth of exactly-once.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

-- One incarnation of a topic, queue stream or file. Accepting a re-created topic opens a new
-- generation; positions of the old one stay as evidence.
CREATE TABLE source (
    source_id  integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind       text    NOT NULL CHECK (kind IN ('KAFKA', 'STREAM', 'QUEUE', 'FILE')),
    cluster_id text    NOT NULL,
    topic      text    NOT NULL,
    generation integer NOT NULL DEFAULT 1 CHECK (generation > 0),
    partitions integer NOT NULL CHECK (partitions > 0), -- may grow; a shrink halts
    topic_uuid uuid,                                    -- where the client can read it
    UNIQUE (kind, cluster_id, topic, generation)
);

CREATE TABLE position (
    source_id        integer     NOT NULL REFERENCES source,
    partition        integer     NOT NULL CHECK (partition >= 0),
    next_offset      bigint      NOT NULL DEFAULT 0 CHECK (next_offset >= 0),
    start_offset     bigint      NOT NULL DEFAULT 0 CHECK (start_offset >= 0),
    epoch            bigint      NOT NULL DEFAULT 0 CHECK (epoch >= 0),
    owner            text,
    owner_pid        integer,     -- backend of the owner and when it started: who to end
    owner_started_at timestamptz, -- when a claim waits too long
    claimed_at       timestamptz,
    moved_at         timestamptz,
    watermark        timestamptz NOT NULL DEFAULT '-infinity', -- newest acceptance time seen
    anchor_offset    bigint, -- last record delivered, to know the topic again
    anchor_time_ms   bigint,
    anchor_crc32c    bigint,
    halt_reason      text,
    halted_at        timestamptz,
    PRIMARY KEY (source_id, partition),
    CONSTRAINT i4_position_covers_from_its_start CHECK (start_offset <= next_offset)
) WITH (fillfactor = 50); -- moved by every batch: room for the new row beside the old one

-- The start may still be chosen while nothing has been taken.
CREATE FUNCTION position_guard() RETURNS trigger
    LANGUAGE plpgsql SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NEW.next_offset < OLD.next_offset OR NEW.epoch < OLD.epoch
       OR NEW.watermark < OLD.watermark
       OR (NEW.start_offset <> OLD.start_offset AND OLD.next_offset > OLD.start_offset) THEN
        RAISE EXCEPTION 'a position never goes back'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'i4_position_never_goes_back',
                  TABLE = 'position';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER i4_position_never_goes_back BEFORE UPDATE ON position
    FOR EACH ROW EXECUTE FUNCTION position_guard();

CREATE SEQUENCE commit_id_seq;
CREATE SEQUENCE batch_id_seq;

-- One row per business transaction.
CREATE TABLE commit_log (
    commit_id    bigint      PRIMARY KEY,
    action       text        NOT NULL, -- ingest, fx, close, statement, reconcile, ...
    worker       text        NOT NULL,
    committed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- The audit leaf of a commit: versioned canonical bytes (common/domain/leaf.h). Inserted with the
-- transaction as pending; the sequencer alone gives it an index.
CREATE TABLE audit_leaf (
    commit_id  bigint PRIMARY KEY CONSTRAINT i6_leaf_has_a_commit REFERENCES commit_log,
    leaf       bytea  NOT NULL,
    leaf_hash  bytea  NOT NULL CHECK (octet_length(leaf_hash) = 32),
    leaf_index bigint UNIQUE CHECK (leaf_index >= 0)
);
CREATE INDEX audit_leaf_pending ON audit_leaf (commit_id) WHERE leaf_index IS NULL;
ALTER TABLE commit_log ADD CONSTRAINT i6_commit_has_a_leaf
    FOREIGN KEY (commit_id) REFERENCES audit_leaf DEFERRABLE INITIALLY DEFERRED;

-- What one commit took from one partition: [first_offset, next_offset).
CREATE TABLE batch (
    batch_id        bigint  PRIMARY KEY,
    commit_id       bigint  NOT NULL REFERENCES commit_log,
    source_id       integer NOT NULL,
    partition       integer NOT NULL,
    epoch           bigint  NOT NULL,
    first_offset    bigint  NOT NULL,
    next_offset     bigint  NOT NULL,
    record_count    integer NOT NULL CHECK (record_count >= 0),
    applied_count   integer NOT NULL CHECK (applied_count >= 0),
    duplicate_count integer NOT NULL CHECK (duplicate_count >= 0),
    parked_count    integer NOT NULL CHECK (parked_count >= 0),
    records_root    bytea   NOT NULL CHECK (octet_length(records_root) = 32),
    CONSTRAINT i4_batch_starts_once UNIQUE (source_id, partition, first_offset),
    CONSTRAINT i4_batch_ends_once UNIQUE (source_id, partition, next_offset),
    CONSTRAINT i4_batch_moves_on CHECK (next_offset > first_offset),
    CONSTRAINT i5_every_record_is_accounted_for
        CHECK (applied_count + duplicate_count + parked_count = record_count),
    CONSTRAINT i5_no_more_records_than_offsets CHECK (record_count <= next_offset - first_offset),
    FOREIGN KEY (source_id, partition) REFERENCES position (source_id, partition)
);
CREATE INDEX batch_commit ON batch (commit_id);

-- Keys that seal raw records: one per scope and month, themselves sealed under the key file.
CREATE TABLE data_key (
    key_id     integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scope      text    NOT NULL, -- country or cell
    month      date    NOT NULL CHECK (extract(day FROM month) = 1),
    sealed_key bytea   NOT NULL,
    UNIQUE (scope, month)
);

-- The raw records of a batch: zstd, then AES-256-GCM; AAD = batch_raw, batch id, key id.
CREATE TABLE batch_raw (
    stored_on  date    NOT NULL,
    batch_id   bigint  NOT NULL,
    key_id     integer NOT NULL,
    plain_size integer NOT NULL CHECK (plain_size >= 0),
    seed       bytea   NOT NULL, -- seed of the record salts, sealed under the same key
    sealed     bytea   NOT NULL,
    PRIMARY KEY (stored_on, batch_id)
) PARTITION BY RANGE (stored_on);
ALTER TABLE batch_raw ALTER COLUMN sealed SET STORAGE EXTERNAL;

CREATE TABLE parked (
    source_id     integer     NOT NULL,
    partition     integer     NOT NULL,
    record_offset bigint      NOT NULL,
    batch_id      bigint      NOT NULL REFERENCES batch DEFERRABLE INITIALLY DEFERRED,
    reason        text        NOT NULL,
    event_id      uuid,
    key_id        integer     NOT NULL,
    sealed        bytea       NOT NULL, -- the whole record, as in batch_raw
    parked_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT i5_record_is_parked_once PRIMARY KEY (source_id, partition, record_offset)
);
CREATE INDEX parked_reason ON parked (reason, parked_at);
CREATE INDEX parked_batch ON parked USING brin (batch_id);

-- Makes the partition of one day for one of the day-partitioned tables: CREATE ... LIKE, then
-- ATTACH, which does not wait for open readers or writers of the parent. True when it made it.
-- The partition belongs to sawa_owner and is granted to nobody: rows go through the parent.
CREATE FUNCTION ensure_day(parent text, day date) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
DECLARE
    child text := parent || '_' || to_char(day, 'YYYYMMDD');
BEGIN
    IF parent IS NULL OR parent NOT IN ('payment', 'batch_raw') THEN
        RAISE EXCEPTION 'table % is not partitioned by day', parent USING ERRCODE = '22023';
    END IF;
    IF day IS NULL OR day < DATE '2000-01-01' OR day >= DATE '2200-01-01' THEN
        RAISE EXCEPTION 'day % is out of range', day USING ERRCODE = '22008',
              HINT = 'days from 2000-01-01 to 2199-12-31 have partitions';
    END IF;
    IF to_regclass('sawa.' || child) IS NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('ensure_day ' || child, 0));
        -- Read the table this time: the cache behind to_regclass may not have heard of a partition
        -- that was committed while we waited.
        IF NOT EXISTS (SELECT FROM pg_class
                        WHERE relnamespace = 'sawa'::regnamespace AND relname = child) THEN
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', child, parent);
            EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                           parent, child, day, day + 1);
            RETURN true;
        END IF;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
                    WHERE inhparent = to_regclass('sawa.' || parent)
                      AND relnamespace = 'sawa'::regnamespace AND relname = child) THEN
        RAISE EXCEPTION 'table % is there, but is not a partition of %', child, parent
            USING ERRCODE = '55000',
                  HINT = 'a detached day is attached again, or renamed, by the owner';
    END IF;
    RETURN false;
END
$$;

-- Nobody but the sequencer gives a leaf its index.
GRANT SELECT ON source, position, commit_log, audit_leaf, batch, batch_raw, parked, data_key
    TO sawa_reader;
GRANT SELECT ON source, position, commit_log, batch, parked, data_key TO sawa_ingest, sawa_fx;
GRANT SELECT ON source, position, commit_log, batch TO sawa_settle, sawa_report;
GRANT INSERT ON source, position, commit_log, batch, batch_raw, parked, data_key
    TO sawa_ingest, sawa_fx;
GRANT UPDATE ON position TO sawa_ingest, sawa_fx;
GRANT UPDATE (partitions, topic_uuid) ON source TO sawa_ingest, sawa_fx;
GRANT INSERT ON commit_log
    TO sawa_settle, sawa_statement, sawa_reconcile, sawa_report, sawa_corridor, sawa_maker,
       sawa_checker;
GRANT INSERT (commit_id, leaf, leaf_hash) ON audit_leaf
    TO sawa_ingest, sawa_fx, sawa_settle, sawa_statement, sawa_reconcile, sawa_report,
       sawa_corridor, sawa_maker, sawa_checker;
GRANT USAGE ON SEQUENCE commit_id_seq, batch_id_seq TO sawa_program;
GRANT EXECUTE ON FUNCTION ensure_day(text, date) TO sawa_ingest, sawa_fx;

RESET ROLE;
COMMIT;
