/*
 * payment.h - one accepted event about one transfer.
 *
 * The codec fills the struct from bytes, ingest checks it against the corridor
 * book, and the store writes it as it stands. Texts point into the record.
 *
 *   debtor_agent --settlement_amount--> creditor_agent      COMPLETED
 *   debtor_agent <--settlement_amount-- creditor_agent      REVERSED, REFUNDED
 *
 * Identity:  event_id      one event; same id, same content_digest: DUPLICATE
 *            transfer_id   one transfer and kind: what debtor_agent calls transaction_id, on the
 *                          UTC day it was accepted; of a refund with an id of its own, that too
 */
#ifndef SAWA_DOMAIN_PAYMENT_H
#define SAWA_DOMAIN_PAYMENT_H

#include "base/uuid.h"
#include "domain/customer.h"
#include "domain/rate.h"
#include "domain/reason.h"

enum payment_kind { PAYMENT_COMPLETED = 1, PAYMENT_REVERSED, PAYMENT_REFUNDED };
enum payment_channel {
    CHANNEL_WALLET = 1,
    CHANNEL_MOBILE_MONEY,
    CHANNEL_CARD,
    CHANNEL_BANK,
    CHANNEL_USSD
};

struct payment {
    struct uuid event_id;
    bool event_id_is_text;   /* the id was no UUID: event_id is its UUIDv5 */
    struct uuid transfer_id; /* of (debtor_agent, transaction_id, kind, day accepted, return_id) */
    struct uuid content_digest; /* first 16 bytes of the SHA-256 of the canonical content */
    enum payment_kind kind;
    enum payment_channel channel;
    struct text corridor;     /* code, e.g. KES-NGN */
    struct text debtor_agent; /* participant codes  */
    struct text creditor_agent;
    struct text transaction_id;
    struct text end_to_end_id;
    struct text return_id; /* of a refund; empty: none */
    bool has_uetr;
    struct uuid uetr;
    struct amount instructed_amount;
    struct amount settlement_amount;
    bool has_fee;
    struct amount fee;
    int64_t rate; /* unscaled, RATE_SCALE; 0: none */
    bool has_lock;
    struct uuid lock_id;
    struct customer customer;   /* as it was said, unchecked: codec/event/customer_event.h */
    int64_t acceptance_time_us; /* ISO 20022 AccptncDtTm: when the transfer was accepted */
};

#endif
