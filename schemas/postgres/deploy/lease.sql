-- Deploy sawa:lease to pg
-- requires: retention
-- Who may claim which partition of a topic, where the workers share it out themselves.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

-- A worker process that reads a topic. Its time is that of all its leases: one row is written to
-- renew them, however many there are. The server's clock alone decides.
CREATE TABLE lease_member (
    cluster_id text        NOT NULL,
    topic      text        NOT NULL,
    member_id  uuid        NOT NULL, -- drawn at each start: a process and its successor are two
    worker     text        NOT NULL,
    joined_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (cluster_id, topic, member_id)
) WITH (fillfactor = 50); -- renewed again and again: room for the new row beside the old one

-- A right to claim, not a fence: that is position.epoch. It is of a topic, not of a generation of
-- it: a topic made anew is shared out as before. No foreign key: whose member is gone, or past its
-- time, is free for all.
CREATE TABLE partition_lease (
    cluster_id text    NOT NULL,
    topic      text    NOT NULL,
    partition  integer NOT NULL CHECK (partition >= 0),
    member_id  uuid,        -- NULL: nobody
    taken_at   timestamptz, -- by the last one who did
    PRIMARY KEY (cluster_id, topic, partition),
    CONSTRAINT lease_was_taken_by_its_holder CHECK (member_id IS NULL OR taken_at IS NOT NULL)
) WITH (fillfactor = 50);

GRANT SELECT ON lease_member, partition_lease TO sawa_reader;
GRANT SELECT, INSERT, DELETE ON lease_member TO sawa_ingest, sawa_fx;
GRANT UPDATE (expires_at) ON lease_member TO sawa_ingest, sawa_fx;
GRANT SELECT, INSERT ON partition_lease TO sawa_ingest, sawa_fx;
GRANT UPDATE (member_id, taken_at) ON partition_lease TO sawa_ingest, sawa_fx;

RESET ROLE;
COMMIT;
