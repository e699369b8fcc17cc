-- Deploy sawa:queue to pg
-- requires: operator
-- Records of queues have no place of their own: what is parked is known again by its content.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

ALTER TABLE parked ADD COLUMN content_digest uuid; -- of queues alone: common/runtime/parked_again.h
CREATE UNIQUE INDEX i1_queued_record_is_parked_once ON parked (source_id, content_digest)
    WHERE content_digest IS NOT NULL;

RESET ROLE;
COMMIT;
