-- Deploy sawa:retention to pg
-- requires: queue
-- What may go, when it is old enough: files of raw records, days that are dropped, parked records
-- that lose their bytes. What keeps a day is decided here (day_holds), and asked again by the
-- function that lets it go (day_expire).

BEGIN;

-- The role of sawa-archive; it may have been made by another database, even a moment ago.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sawa_archive') THEN
        CREATE ROLE sawa_archive LOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END
$$;
DO $$
BEGIN
    IF NOT pg_has_role('sawa_archive', 'sawa_program', 'MEMBER') THEN
        GRANT sawa_program TO sawa_archive;
    END IF;
EXCEPTION WHEN unique_violation THEN
    NULL;
END
$$;

SET ROLE sawa_owner;
SET search_path = sawa;

-- A file that holds all raw records stored on one day; the newest number counts. It was read back
-- and compared with the rows before its row was written.
CREATE TABLE archive_file (
    day          date        NOT NULL,
    number       integer     NOT NULL CHECK (number > 0),
    name         text        NOT NULL,
    sha256       bytea       NOT NULL CHECK (octet_length(sha256) = 32),
    size         bigint      NOT NULL CHECK (size > 0),
    batch_count  bigint      NOT NULL CHECK (batch_count > 0),
    record_count bigint      NOT NULL CHECK (record_count >= 0),
    commit_id    bigint      NOT NULL REFERENCES commit_log,
    login        text        NOT NULL DEFAULT session_user,
    exported_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (day, number),
    CONSTRAINT an_archive_name_is_one_file UNIQUE (name),
    CONSTRAINT archive_name_is_no_path CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]*$')
);
CREATE TRIGGER archive_files_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON archive_file
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Who let something go, and why.
CREATE TABLE retention_action (
    commit_id bigint      PRIMARY KEY REFERENCES commit_log,
    action    text        NOT NULL,
    reason    text        NOT NULL,
    actor     text        NOT NULL,
    login     text        NOT NULL DEFAULT session_user,
    acted_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT retention_action_known CHECK (action IN ('day_expire', 'parked_erase')),
    CONSTRAINT retention_gives_a_reason CHECK (reason ~ '\S' AND actor ~ '\S')
);
CREATE TRIGGER retention_actions_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON retention_action
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Days that were let go. The newest day of payment here decides what ingest takes: nothing of it,
-- and nothing older. dropped_at is empty while its table is still being detached or dropped.
CREATE TABLE expired_day (
    parent     text        NOT NULL CHECK (parent IN ('payment', 'batch_raw')),
    day        date        NOT NULL,
    row_count  bigint      NOT NULL CHECK (row_count >= 0),
    size       bigint      NOT NULL CHECK (size >= 0),
    commit_id  bigint      NOT NULL REFERENCES retention_action,
    decided_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    dropped_at timestamptz,
    CONSTRAINT a_day_expires_once PRIMARY KEY (parent, day)
);

-- Only its end may still be written.
CREATE FUNCTION expired_day_guard() RETURNS trigger
    LANGUAGE plpgsql SET search_path = sawa, pg_temp AS $$
BEGIN
    IF TG_OP <> 'UPDATE' OR OLD.dropped_at IS NOT NULL
       OR (NEW.parent, NEW.day, NEW.row_count, NEW.size, NEW.commit_id, NEW.decided_at)
          IS DISTINCT FROM
          (OLD.parent, OLD.day, OLD.row_count, OLD.size, OLD.commit_id, OLD.decided_at) THEN
        RAISE EXCEPTION 'a day that was let go stays so'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'expired_days_stay',
                  TABLE = 'expired_day';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER expired_days_stay BEFORE UPDATE OR DELETE ON expired_day
    FOR EACH ROW EXECUTE FUNCTION expired_day_guard();

-- What the payments of a dropped day added up to, as obligations count them: with what is left in
-- payment a closed window can still be computed again (sawa settle verify, I3).
CREATE TABLE expired_payment_total (
    window_id     bigint  NOT NULL,
    debtor_id     integer NOT NULL,
    creditor_id   integer NOT NULL,
    day           date    NOT NULL,
    payment_count bigint  NOT NULL CHECK (payment_count > 0),
    amount_minor  bigint  NOT NULL CHECK (amount_minor > 0),
    PRIMARY KEY (window_id, debtor_id, creditor_id, day)
);
CREATE TRIGGER expired_totals_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON expired_payment_total
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- ---- parked records ----

-- record_hash is the leaf of the record in its batch's Merkle tree (records_root): it stays when
-- the bytes go, so that place, reason and proof stay whole (I4, I5).
ALTER TABLE parked
    ALTER COLUMN sealed DROP NOT NULL,
    ADD COLUMN record_hash bytea CHECK (octet_length(record_hash) = 32),
    ADD COLUMN erased_at timestamptz,
    ADD COLUMN erased_commit_id bigint REFERENCES retention_action,
    ADD CONSTRAINT parked_erased_is_whole
        CHECK ((erased_at IS NULL) = (sealed IS NOT NULL)
               AND (erased_at IS NULL) = (erased_commit_id IS NULL)
               AND (erased_at IS NULL OR (record_hash IS NOT NULL AND content_digest IS NULL
                                          AND event_id IS NULL))),
    ADD CONSTRAINT parked_undecided_is_kept CHECK (erased_at IS NULL OR state <> 'PARKED');
CREATE INDEX parked_decided ON parked (decided_commit_id)
    WHERE state <> 'PARKED' AND erased_at IS NULL;

-- The decision stays final; bytes may go after it.
DROP TRIGGER i1_parked_is_decided_once ON parked;
CREATE TRIGGER i1_parked_is_decided_once BEFORE UPDATE ON parked
    FOR EACH ROW WHEN (OLD.state <> 'PARKED' AND (NEW.state, NEW.decided_commit_id)
                       IS DISTINCT FROM (OLD.state, OLD.decided_commit_id))
    EXECUTE FUNCTION parked_guard();

CREATE FUNCTION parked_proof_guard() RETURNS trigger
    LANGUAGE plpgsql SET search_path = sawa, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the hash of a parked record and its erasure stay'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'i6_parked_proof_stays', TABLE = 'parked';
END
$$;
CREATE TRIGGER i6_parked_proof_stays BEFORE UPDATE ON parked
    FOR EACH ROW WHEN (OLD.erased_at IS NOT NULL
                       OR (OLD.record_hash IS NOT NULL
                           AND NEW.record_hash IS DISTINCT FROM OLD.record_hash))
    EXECUTE FUNCTION parked_proof_guard();

-- Notes what the record's hash is, where none is noted yet.
CREATE FUNCTION parked_note_hash(of_source integer, of_partition integer, of_offset bigint,
                                 hash bytea) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
    UPDATE parked
       SET record_hash = hash
     WHERE source_id = of_source AND partition = of_partition AND record_offset = of_offset
       AND record_hash IS NULL
$$;

-- Erases the bytes of a record that was decided on and whose hash is noted. True: it did.
CREATE FUNCTION parked_erase(of_source integer, of_partition integer, of_offset bigint,
                             by_commit bigint) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    UPDATE parked
       SET sealed = NULL, content_digest = NULL, event_id = NULL,
           erased_at = clock_timestamp(), erased_commit_id = by_commit
     WHERE source_id = of_source AND partition = of_partition AND record_offset = of_offset
       AND state <> 'PARKED' AND erased_at IS NULL AND record_hash IS NOT NULL;
    RETURN FOUND;
END
$$;

-- ---- days ----

-- Windows whose payments and raw records must stay, and why.
CREATE VIEW window_hold AS
    SELECT window_id, 'window_not_settled' AS hold
      FROM settlement_window
     WHERE state <> 'SETTLED'
    UNION
    SELECT window_id, 'item_open'
      FROM expected_item
     WHERE is_open AND window_id IS NOT NULL
    UNION
    SELECT item.window_id, 'break_open'
      FROM break_item
      LEFT JOIN break_candidate USING (break_id)
      JOIN expected_item AS item
        ON item.expected_item_id IN (break_item.expected_item_id, break_candidate.expected_item_id)
     WHERE break_item.closed_on IS NULL AND item.window_id IS NOT NULL;

-- Every day's table there is: attached, detaching (a DETACH CONCURRENTLY that was cut off) or
-- detached. A table that was never analysed is counted.
CREATE FUNCTION retained_days(OUT parent text, OUT day date, OUT rows bigint,
                              OUT estimated boolean, OUT size bigint, OUT state text)
    RETURNS SETOF record
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
DECLARE
    child regclass;
BEGIN
    FOR parent, day, child, rows, size, state IN
        SELECT substring(relname FROM '^(payment|batch_raw)_[0-9]{8}$') AS of_parent,
               to_date(right(relname, 8), 'YYYYMMDD') AS of_day, pg_class.oid::regclass,
               reltuples::bigint, pg_total_relation_size(pg_class.oid),
               CASE WHEN inhparent IS NULL THEN 'detached'
                    WHEN inhdetachpending THEN 'detaching' ELSE 'attached' END
          FROM pg_class
          LEFT JOIN pg_inherits ON inhrelid = pg_class.oid
         WHERE relnamespace = 'sawa'::regnamespace AND relkind = 'r'
           AND relname ~ '^(payment|batch_raw)_[0-9]{8}$'
         ORDER BY of_day, of_parent
    LOOP
        estimated := rows >= 0;
        IF NOT estimated THEN
            EXECUTE format('SELECT count(*) FROM %s', child) INTO rows;
        END IF;
        RETURN NEXT;
    END LOOP;
END
$$;

-- Why the payments of a day must stay.
CREATE FUNCTION payment_day_holds(of_day date, OUT hold text, OUT held_by bigint,
                                  OUT example text) RETURNS SETOF record
    LANGUAGE sql STABLE SET search_path = sawa, pg_temp AS $$
    SELECT window_hold.hold, count(*), min(window_id)::text
      FROM (SELECT DISTINCT window_id FROM payment WHERE event_day = of_day) AS used
      JOIN window_hold USING (window_id)
     GROUP BY window_hold.hold
    UNION ALL
    SELECT 'leaf_pending', count(*), min(commit_id)::text
      FROM (SELECT batch.commit_id
              FROM (SELECT DISTINCT batch_id FROM payment WHERE event_day = of_day) AS used
              JOIN batch USING (batch_id)
             UNION
            SELECT parked.decided_commit_id
              FROM (SELECT DISTINCT batch_id FROM payment WHERE event_day = of_day) AS used
              JOIN parked USING (batch_id)) AS used
      JOIN audit_leaf USING (commit_id)
     WHERE leaf_index IS NULL
    HAVING count(*) > 0
$$;

-- Why the raw records of a day must stay.
CREATE FUNCTION raw_day_holds(of_day date, OUT hold text, OUT held_by bigint, OUT example text)
    RETURNS SETOF record
    LANGUAGE sql STABLE SET search_path = sawa, pg_temp AS $$
    WITH stored AS MATERIALIZED (
        SELECT batch_id FROM batch_raw WHERE stored_on = of_day
    ), used AS MATERIALIZED (
        SELECT commit_id FROM stored JOIN batch USING (batch_id)
        UNION
        SELECT decided_commit_id FROM stored JOIN parked USING (batch_id)
    ), newest AS (
        SELECT batch_count, name FROM archive_file
         WHERE day = of_day ORDER BY number DESC LIMIT 1
    )
    SELECT window_hold.hold, count(DISTINCT window_id), min(window_id)::text
      FROM window_hold
      JOIN window_delta USING (window_id)
      JOIN used USING (commit_id)
     GROUP BY window_hold.hold
    UNION ALL
    SELECT 'leaf_pending', count(*), min(commit_id)::text
      FROM used JOIN audit_leaf USING (commit_id)
     WHERE leaf_index IS NULL
    HAVING count(*) > 0
    UNION ALL
    SELECT 'not_exported', count(*), min(batch_id)::text
      FROM stored
    HAVING count(*) > 0 AND NOT EXISTS (SELECT FROM newest)
    UNION ALL
    SELECT 'exported_before_it_was_whole', count(*), min(newest.name)
      FROM stored CROSS JOIN newest
     GROUP BY newest.batch_count
    HAVING count(*) <> newest.batch_count
    UNION ALL
    SELECT 'parked_hash_missing', count(*), min(record_offset)::text
      FROM stored JOIN parked USING (batch_id)
     WHERE record_hash IS NULL
    HAVING count(*) > 0
$$;

-- What holds a day: one row per reason, none where it may go.
CREATE FUNCTION day_holds(of_parent text, of_day date, OUT hold text, OUT held_by bigint,
                          OUT example text) RETURNS SETOF record
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
    SELECT * FROM payment_day_holds(of_day) WHERE of_parent = 'payment'
    UNION ALL
    SELECT * FROM raw_day_holds(of_day) WHERE of_parent = 'batch_raw'
$$;

-- Lets a day go, unless something holds it; returns how many rows that are. From here on nothing of
-- it, nor older, is taken: ingest asks expired_day behind the gate 1413563219, which it holds,
-- shared, while it writes old days. So the table that is detached afterwards holds what was decided
-- on. The last week is never let go, whatever the caller's policy says.
CREATE FUNCTION day_expire(of_parent text, of_day date, by_commit bigint) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
DECLARE
    child text := of_parent || '_' || to_char(of_day, 'YYYYMMDD');
    held text;
    counted bigint;
BEGIN
    IF of_parent IS NULL OR of_parent NOT IN ('payment', 'batch_raw') THEN
        RAISE EXCEPTION 'table % is not partitioned by day', of_parent USING ERRCODE = '22023';
    END IF;
    IF of_day IS NULL OR of_day > (clock_timestamp() AT TIME ZONE 'UTC')::date - 7 THEN
        RAISE EXCEPTION 'day % is not old enough', of_day USING ERRCODE = '22008',
              HINT = 'the last seven days always stay';
    END IF;
    PERFORM pg_advisory_xact_lock(1413563219, 0);
    SELECT string_agg(hold, ', ') INTO held FROM day_holds(of_parent, of_day);
    IF held IS NOT NULL THEN
        RAISE EXCEPTION 'day % of % is held: %', of_day, of_parent, held
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'a_held_day_stays',
                  TABLE = of_parent;
    END IF;
    IF of_parent = 'payment' THEN
        INSERT INTO expired_payment_total (window_id, debtor_id, creditor_id, day, payment_count,
                                           amount_minor)
        SELECT window_id,
               CASE kind WHEN 1 THEN debtor_agent_id ELSE creditor_agent_id END,
               CASE kind WHEN 1 THEN creditor_agent_id ELSE debtor_agent_id END,
               of_day, count(*), sum(settlement_minor)
          FROM payment
         WHERE event_day = of_day
         GROUP BY 1, 2, 3;
        SELECT coalesce(sum(payment_count), 0) INTO counted
          FROM expired_payment_total AS total WHERE total.day = of_day;
        -- Reports of a transfer that was accepted then are refused from here on.
        DELETE FROM transfer_seen WHERE accepted_on <= of_day;
    ELSE
        SELECT count(*) INTO counted FROM batch_raw WHERE stored_on = of_day;
    END IF;
    INSERT INTO expired_day (parent, day, row_count, size, commit_id)
    VALUES (of_parent, of_day, counted,
            coalesce(pg_total_relation_size(to_regclass('sawa.' || child)), 0), by_commit);
    RETURN counted;
END
$$;

-- Drops the table of a day that was let go and is detached. False: it is attached still, or nobody
-- let it go. A table that holds another number of rows than was decided on stays.
CREATE FUNCTION day_drop(of_parent text, of_day date) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
DECLARE
    child text := of_parent || '_' || to_char(of_day, 'YYYYMMDD');
    decided bigint;
    counted bigint;
BEGIN
    SELECT row_count INTO decided
      FROM expired_day
     WHERE parent = of_parent AND day = of_day AND dropped_at IS NULL
       FOR UPDATE;
    IF NOT FOUND OR EXISTS (SELECT FROM pg_inherits
                             WHERE inhrelid = to_regclass('sawa.' || child)) THEN
        RETURN false;
    END IF;
    IF to_regclass('sawa.' || child) IS NOT NULL THEN
        EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', child);
        EXECUTE format('SELECT count(*) FROM %I', child) INTO counted;
        IF counted <> decided THEN
            RAISE EXCEPTION 'table % holds % rows, decided on were %', child, counted, decided
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'a_day_goes_as_decided',
                      TABLE = child, HINT = 'compare it with expired_day before anything is done';
        END IF;
        EXECUTE format('DROP TABLE %I', child);
    END IF;
    UPDATE expired_day SET dropped_at = clock_timestamp()
     WHERE parent = of_parent AND day = of_day;
    RETURN true;
END
$$;

-- As before, and: a day that was let go, or is older than one, is not made again. Whoever wanted to
-- write it asks expired_day in its next attempt, and parks the record.
CREATE OR REPLACE FUNCTION ensure_day(parent text, day date) RETURNS boolean
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
    IF EXISTS (SELECT FROM expired_day AS expired
                WHERE expired.parent = ensure_day.parent AND expired.day >= ensure_day.day) THEN
        RETURN false;
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

-- sawa_archive reads sealed bytes and evidence, no payment; it lets go by the functions alone.
GRANT SELECT ON archive_file, retention_action, expired_day, expired_payment_total, window_hold
    TO sawa_reader;
GRANT SELECT ON expired_day TO sawa_ingest, sawa_replay;
GRANT SELECT ON expired_payment_total TO sawa_settle;
GRANT SELECT ON source, commit_log, audit_leaf, batch, batch_raw, parked, data_key, archive_file,
                expired_day
    TO sawa_archive;
GRANT INSERT ON commit_log TO sawa_archive;
GRANT INSERT (commit_id, leaf, leaf_hash) ON audit_leaf TO sawa_archive;
GRANT INSERT (day, number, name, sha256, size, batch_count, record_count, commit_id)
    ON archive_file TO sawa_archive;
GRANT INSERT (commit_id, action, reason, actor) ON retention_action TO sawa_archive;
GRANT EXECUTE ON FUNCTION retained_days(), day_holds(text, date), day_expire(text, date, bigint),
    day_drop(text, date), parked_note_hash(integer, integer, bigint, bytea),
    parked_erase(integer, integer, bigint, bigint) TO sawa_archive;

RESET ROLE;
COMMIT;
