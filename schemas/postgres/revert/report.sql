-- Revert sawa:report from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('account_opening', 'opening_item', 'account_opening_approval', 'report');

ALTER TABLE sawa.expected_item DROP CONSTRAINT expected_item_opening;
ALTER TABLE sawa.statement_entry DROP CONSTRAINT statement_entry_opening;
DROP TABLE sawa.report, sawa.account_opening_approval, sawa.opening_item, sawa.account_opening;
DROP FUNCTION sawa.approval_guard();

COMMIT;
