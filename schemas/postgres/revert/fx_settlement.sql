-- Revert sawa:fx_settlement from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('corridor_fx', 'window_fx', 'window_fx_lock', 'fx_rate', 'fx_lock');

DROP TABLE sawa.window_fx_lock, sawa.window_fx, sawa.corridor_fx;
DROP FUNCTION sawa.window_fx_guard(), sawa.divide_as(numeric, numeric, text);
ALTER TABLE sawa.window_delta
    DROP CONSTRAINT window_delta_locks_match,
    DROP COLUMN volume_minor, DROP COLUMN lock_volumes, DROP COLUMN lock_firsts,
    DROP COLUMN lock_lasts;
DROP INDEX sawa.fx_lock_window;
ALTER TABLE sawa.fx_lock
    DROP CONSTRAINT fx_lock_names_a_whole_window,
    DROP COLUMN business_date, DROP COLUMN window_sequence;
ALTER TABLE sawa.fx_rate
    DROP CONSTRAINT fx_rate_lies_between_its_sides,
    DROP COLUMN bid_e10, DROP COLUMN ask_e10, DROP COLUMN corridor_id;
DELETE FROM sawa.account_kind WHERE kind IN ('FX_POSITION', 'FX_GAIN_LOSS');
ALTER TABLE sawa.account DROP CONSTRAINT account_kind_known;
ALTER TABLE sawa.account ADD CONSTRAINT account_kind_known
    CHECK (kind IN ('NOSTRO', 'OBLIGATION', 'OPENING', 'FEE_INCOME', 'TAX_PAYABLE', 'BANK_CHARGES',
                    'SUSPENSE', 'PREFUNDING'));

COMMIT;
