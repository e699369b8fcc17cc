-- Revert sawa:outbox_status from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('outbox_forgotten');

DROP TRIGGER a_destination_is_forgotten_on_record ON sawa.outbox_destination;
DROP TRIGGER outbox_destinations_stay ON sawa.outbox_destination;
CREATE TRIGGER outbox_destinations_stay BEFORE DELETE OR TRUNCATE ON sawa.outbox_destination
    FOR EACH STATEMENT EXECUTE FUNCTION sawa.refuse_change();
DROP TABLE sawa.outbox_forgotten;
DROP FUNCTION sawa.outbox_destination_stays(), sawa.outbox_forget(), sawa.outbox_forget_guard();
REVOKE INSERT (event_name, event_type, event_key, corridor, payload, commit_id) ON sawa.outbox
    FROM sawa_relay;

COMMIT;
