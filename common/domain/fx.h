/*
 * fx.h - one FX event: a rate that was quoted, or a rate that was locked.
 *
 * The codec fills the struct from bytes; texts point into the record.
 *
 * (1) rate is quote currency per one unit of base currency, more than zero.
 * (2) It holds in [valid_from_us, valid_until_us), which is not empty.
 * (3) A lock names its id, its corridor and a notional amount above zero in base currency. It is
 *     for the payments that name it, or for one window of its corridor that it names itself.
 * (4) bid <= rate <= ask, as far as they are quoted; a lock has neither.
 */
#ifndef SAWA_DOMAIN_FX_H
#define SAWA_DOMAIN_FX_H

#include "base/uuid.h"
#include "domain/amount.h"
#include "domain/date.h"
#include "domain/reason.h"

enum fx_kind { FX_RATE = 1, FX_LOCK };

struct fx_event {
    struct uuid event_id;
    bool event_id_is_text;      /* the id was no UUID: event_id is its UUIDv5 */
    struct uuid content_digest; /* first 16 bytes of the SHA-256 of the canonical content */
    enum fx_kind kind;
    struct text source;   /* who quotes */
    struct text corridor; /* code; empty on a rate: every corridor of the pair */
    currency base_currency;
    currency quote_currency;
    int64_t rate; /* unscaled, 10 fraction digits (RATE_SCALE) */
    int64_t bid;  /* 0: not quoted */
    int64_t ask;  /* 0: not quoted */
    bool has_lock;
    struct uuid lock_id;
    bool has_notional;
    struct amount notional; /* in base currency */
    bool has_window;        /* the lock is for one window of its corridor: */
    calendar_date business_date;
    int32_t window_sequence;
    int64_t valid_from_us;
    int64_t valid_until_us;
};

#endif
