-- Deploy sawa:book to pg
-- requires: roles
-- Reference data: participants, accounts, corridors. Written by the corridor command only.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

CREATE TABLE participant (
    participant_id integer PRIMARY KEY CHECK (participant_id > 0),
    code           text    NOT NULL UNIQUE CHECK (code ~ '^[A-Z0-9]{4,35}$'),
    name           text    NOT NULL,
    country        char(2) NOT NULL,
    CONSTRAINT participant_country_is_a_code CHECK (country ~ '^[A-Z]{2}$')
);

-- One account is one purpose in one currency.
--   NOSTRO      our account at a bank: what a statement speaks of
--   OBLIGATION  what one participant owes (debit) or is owed (credit)
--   OPENING     the other side of opening balances
CREATE TABLE account (
    account_id       integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code             text    NOT NULL UNIQUE,
    kind             text    NOT NULL CHECK (kind IN ('NOSTRO', 'OBLIGATION', 'OPENING')),
    currency         char(3) NOT NULL,
    participant_id   integer REFERENCES participant,
    servicer_bic     text, -- NOSTRO: the bank
    servicer_account text, -- NOSTRO: IBAN or the bank's own number
    statement_format text, -- NOSTRO: what its bank sends
    CONSTRAINT account_currency_is_a_code CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT account_nostro_has_a_bank
        CHECK ((kind = 'NOSTRO') = (servicer_account IS NOT NULL)),
    CONSTRAINT account_obligation_has_a_participant
        CHECK ((kind = 'OBLIGATION') = (participant_id IS NOT NULL)),
    UNIQUE (kind, participant_id, currency),
    UNIQUE (servicer_account, currency)
);

-- A change is a new version with its date; windows keep the version they opened with.
CREATE TABLE corridor (
    corridor_id         integer  NOT NULL CHECK (corridor_id > 0),
    version             integer  NOT NULL CHECK (version > 0),
    code                text     NOT NULL,
    effective_from      date     NOT NULL,
    source_currency     char(3)  NOT NULL,
    target_currency     char(3)  NOT NULL,
    settlement_currency char(3)  NOT NULL,
    model               text     NOT NULL CHECK (model IN ('GROSS', 'BILATERAL', 'MULTILATERAL')),
    nostro_account_id   integer  NOT NULL REFERENCES account (account_id),
    limit_minor         bigint   NOT NULL CHECK (limit_minor > 0), -- one payment at most
    definition          text     NOT NULL, -- the YAML document this version was loaded from
    digest              bytea    NOT NULL,
    CONSTRAINT corridor_currencies_are_codes
        CHECK (source_currency ~ '^[A-Z]{3}$' AND target_currency ~ '^[A-Z]{3}$'
               AND settlement_currency ~ '^[A-Z]{3}$'),
    PRIMARY KEY (corridor_id, version),
    UNIQUE (code, version)
);

CREATE TABLE corridor_participant (
    corridor_id    integer NOT NULL,
    version        integer NOT NULL,
    participant_id integer NOT NULL REFERENCES participant,
    PRIMARY KEY (corridor_id, version, participant_id),
    FOREIGN KEY (corridor_id, version) REFERENCES corridor (corridor_id, version)
);

GRANT SELECT ON participant, account, corridor, corridor_participant TO sawa_program;
GRANT INSERT ON participant, account, corridor, corridor_participant TO sawa_corridor;

RESET ROLE;
COMMIT;
