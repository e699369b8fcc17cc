-- Deploy sawa:rate_check to pg
-- requires: fee
-- Corridors whose payments must settle what their rate says.
BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

ALTER TABLE corridor
    ADD COLUMN rate_rounding text -- null: rates are not checked
        CONSTRAINT corridor_rounding_known
        CHECK (rate_rounding IN ('HALF_EVEN', 'HALF_UP', 'DOWN', 'UP'));
RESET ROLE;

COMMIT;
