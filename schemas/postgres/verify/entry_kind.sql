-- Verify sawa:entry_kind on pg

BEGIN;

SELECT transaction_code, kind, return_code, return_reason FROM sawa.statement_entry WHERE false;

ROLLBACK;
