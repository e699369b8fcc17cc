-- Deploy sawa:value_date to pg
-- requires: payment_file
-- The day the money of a window moves, fixed when the window is opened. Null in windows that were
-- opened before there was such a day: their business date.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

ALTER TABLE settlement_window ADD COLUMN value_date date;
ALTER TABLE settlement_window ADD CONSTRAINT window_value_date_follows_its_business_date
    CHECK (value_date >= business_date);

RESET ROLE;
COMMIT;
