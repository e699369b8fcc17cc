-- Deploy sawa:entry_kind to pg
-- requires: statement_release
-- What a booking is, in one vocabulary for all formats (common/domain/transaction_kind.h), beside
-- the bank's own code; why money came back. Entries of before: unknown.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

ALTER TABLE statement_entry
    ADD COLUMN transaction_code text NOT NULL DEFAULT '', -- as the bank gave it
    ADD COLUMN kind             text NOT NULL DEFAULT 'unknown',
    ADD COLUMN return_code      text NOT NULL DEFAULT '', -- as the bank gave it
    ADD COLUMN return_reason    text NOT NULL DEFAULT ''; -- '': the bank gave no code

RESET ROLE;
COMMIT;
