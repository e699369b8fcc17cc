-- Revert sawa:window from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('settlement_window', 'window_cut', 'window_delta');

DROP TABLE sawa.window_cut, sawa.window_delta, sawa.settlement_window;

COMMIT;
