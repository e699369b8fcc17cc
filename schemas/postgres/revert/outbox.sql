-- Revert sawa:outbox from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('outbox', 'outbox_pending', 'outbox_order', 'outbox_destination');

DROP TABLE sawa.outbox, sawa.outbox_pending, sawa.outbox_order, sawa.outbox_head,
           sawa.outbox_destination;
DROP FUNCTION sawa.outbox_number(integer), sawa.outbox_expire(interval, integer),
              sawa.outbox_destination_guard(), sawa.outbox_remember();

COMMIT;
