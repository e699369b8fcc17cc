-- Revert sawa:payment from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('payment', 'event_seen', 'transfer_seen');

DROP TABLE sawa.payment, sawa.event_seen, sawa.transfer_seen;

COMMIT;
