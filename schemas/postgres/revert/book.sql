-- Revert sawa:book from pg
-- No guard: reference data is loaded again from its file, and what refers to it (windows, entries)
-- is guarded by its own change, which is reverted before this one.

BEGIN;

DROP TABLE sawa.corridor_participant, sawa.corridor, sawa.account, sawa.participant;

COMMIT;
