-- Deploy sawa:payment to pg
-- requires: window
-- The subledger: accepted payment events, by event day.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

-- Fixed-width columns first, wide before narrow: no padding between them.
CREATE TABLE payment (
    event_id            uuid        NOT NULL,
    transfer_id         uuid        NOT NULL, -- digest of debtor agent, transaction id, kind, day
    content_digest      uuid        NOT NULL,
    acceptance_time     timestamptz NOT NULL,
    batch_id            bigint      NOT NULL,
    record_offset       bigint      NOT NULL,
    window_id           bigint      NOT NULL,
    instructed_minor    bigint      NOT NULL,
    settlement_minor    bigint      NOT NULL,
    fee_minor           bigint,
    rate_e10            bigint,     -- quote per base, 10 fraction digits
    event_day           date        NOT NULL,
    debtor_agent_id     integer     NOT NULL,
    creditor_agent_id   integer     NOT NULL,
    corridor_id         integer     NOT NULL,
    kind                smallint    NOT NULL, -- 1 COMPLETED 2 REVERSED 3 REFUNDED
    channel             smallint    NOT NULL, -- 1 WALLET 2 MOBILE_MONEY 3 CARD 4 BANK 5 USSD
    late                boolean     NOT NULL,
    lock_id             uuid,
    uetr                uuid,
    instructed_currency char(3)     NOT NULL,
    settlement_currency char(3)     NOT NULL,
    fee_currency        char(3),
    transaction_id      text        NOT NULL,
    end_to_end_id       text        NOT NULL,
    CONSTRAINT i1_event_once PRIMARY KEY (event_day, event_id),
    CONSTRAINT i1_transfer_once_a_day UNIQUE (event_day, transfer_id),
    CONSTRAINT payment_amounts_positive CHECK (settlement_minor > 0 AND instructed_minor > 0),
    CONSTRAINT payment_kind_known CHECK (kind BETWEEN 1 AND 3),
    CONSTRAINT payment_agents_differ CHECK (debtor_agent_id <> creditor_agent_id)
) PARTITION BY RANGE (event_day);
CREATE INDEX payment_batch ON payment USING brin (batch_id) WITH (autosummarize = off);

-- Ids that carry no day of their own: the id alone is the key, whatever day it came with.
CREATE TABLE event_seen (
    event_id  uuid NOT NULL,
    event_day date NOT NULL,
    CONSTRAINT i1_id_without_a_day_once PRIMARY KEY (event_id)
);

-- Transfers whose event day is not the day they were accepted: found here by the reports of
-- other days. See the README, "one transfer, two days".
CREATE TABLE transfer_seen (
    transfer_id uuid NOT NULL,
    event_day   date NOT NULL,
    accepted_on date NOT NULL, -- UTC day of acceptance_time: where all reports of it meet
    CONSTRAINT i1_transfer_of_another_day_once PRIMARY KEY (transfer_id)
);
CREATE INDEX transfer_seen_accepted ON transfer_seen (accepted_on);

GRANT SELECT, INSERT ON payment, event_seen, transfer_seen TO sawa_ingest;
GRANT SELECT ON payment, event_seen, transfer_seen
    TO sawa_settle, sawa_reconcile, sawa_report, sawa_reader;

RESET ROLE;
COMMIT;
