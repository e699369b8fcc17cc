-- Deploy sawa:fx to pg
-- requires: stream
-- Rates and locks.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

CREATE TABLE fx_rate (
    event_id       uuid        NOT NULL,
    batch_id       bigint      NOT NULL,
    record_offset  bigint      NOT NULL,
    rate_source    text        NOT NULL,
    base_currency  char(3)     NOT NULL,
    quote_currency char(3)     NOT NULL,
    rate_e10       bigint      NOT NULL,
    valid_from     timestamptz NOT NULL,
    valid_until    timestamptz NOT NULL,
    content_digest uuid        NOT NULL,
    CONSTRAINT i1_rate_once PRIMARY KEY (event_id),
    CONSTRAINT fx_rate_positive CHECK (rate_e10 > 0),
    CONSTRAINT fx_rate_is_half_open CHECK (valid_from < valid_until)
);
CREATE INDEX fx_rate_batch ON fx_rate USING brin (batch_id);
CREATE INDEX fx_rate_pair ON fx_rate (base_currency, quote_currency, valid_from);

CREATE TABLE fx_lock (
    event_id       uuid        NOT NULL,
    lock_id        uuid        NOT NULL,
    batch_id       bigint      NOT NULL,
    record_offset  bigint      NOT NULL,
    corridor_id    integer     NOT NULL,
    base_currency  char(3)     NOT NULL,
    quote_currency char(3)     NOT NULL,
    rate_e10       bigint      NOT NULL,
    notional_minor bigint      NOT NULL, -- in the base currency
    valid_from     timestamptz NOT NULL,
    valid_until    timestamptz NOT NULL,
    content_digest uuid        NOT NULL,
    CONSTRAINT i1_lock_event_once PRIMARY KEY (event_id),
    CONSTRAINT i1_lock_once UNIQUE (lock_id),
    CONSTRAINT fx_lock_positive CHECK (rate_e10 > 0 AND notional_minor > 0),
    CONSTRAINT fx_lock_is_half_open CHECK (valid_from < valid_until)
);
CREATE INDEX fx_lock_batch ON fx_lock USING brin (batch_id);

GRANT SELECT, INSERT ON fx_rate, fx_lock TO sawa_fx;
GRANT SELECT ON fx_rate, fx_lock TO sawa_ingest, sawa_settle, sawa_report, sawa_reader;

RESET ROLE;
COMMIT;
