-- Revert sawa:retention from pg
-- The role stays: it belongs to the cluster (see revert of roles).

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('archive_file', 'retention_action', 'expired_day',
                         'expired_payment_total');

-- As stream made it.
CREATE OR REPLACE FUNCTION sawa.ensure_day(parent text, day date) RETURNS boolean
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

DROP FUNCTION sawa.day_drop(text, date), sawa.day_expire(text, date, bigint),
    sawa.day_holds(text, date), sawa.raw_day_holds(date), sawa.payment_day_holds(date),
    sawa.retained_days(), sawa.parked_erase(integer, integer, bigint, bigint),
    sawa.parked_note_hash(integer, integer, bigint, bytea);
DROP VIEW sawa.window_hold;
DROP TRIGGER i6_parked_proof_stays ON sawa.parked;
DROP FUNCTION sawa.parked_proof_guard();
DROP TRIGGER i1_parked_is_decided_once ON sawa.parked;
CREATE TRIGGER i1_parked_is_decided_once BEFORE UPDATE ON sawa.parked
    FOR EACH ROW WHEN (OLD.state <> 'PARKED') EXECUTE FUNCTION sawa.parked_guard();
DROP INDEX sawa.parked_decided;
ALTER TABLE sawa.parked DROP CONSTRAINT parked_erased_is_whole,
    DROP CONSTRAINT parked_undecided_is_kept, DROP COLUMN record_hash, DROP COLUMN erased_at,
    DROP COLUMN erased_commit_id, ALTER COLUMN sealed SET NOT NULL;
DROP TABLE sawa.expired_payment_total, sawa.expired_day, sawa.archive_file,
    sawa.retention_action;
DROP FUNCTION sawa.expired_day_guard();
REVOKE ALL ON ALL TABLES IN SCHEMA sawa FROM sawa_archive;

COMMIT;
