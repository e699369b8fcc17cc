/*
 * reason.h - why a record was parked, in order of precedence: the first that holds wins.
 *
 * Each name is a sentence an operator can read; it is stored as text, so rows stay
 * readable when the list grows. One table holds name, meaning and remedy; the page
 * schemas/README.md and `sawa status` print from it.
 */
#ifndef SAWA_DOMAIN_REASON_H
#define SAWA_DOMAIN_REASON_H

#include "base/status.h"

enum reason {
    REASON_NONE = 0,
    /* the delivery */
    REASON_DELIVERED_TOO_OFTEN, /* by a queue, and never answered                  */
    REASON_MESSAGE_ID_MISSING,  /* a queue's record without an id of its own       */
    /* the bytes */
    REASON_VALUE_MISSING,     /* a tombstone where an event was expected           */
    REASON_VALUE_OVERSIZED,   /* longer than the ceiling of one message            */
    REASON_FRAME_UNKNOWN,     /* not the Confluent wire format                     */
    REASON_SCHEMA_UNKNOWN,    /* no such schema id, or not on the allow-list       */
    REASON_SCHEMA_UNREADABLE, /* the writer's schema cannot become our columns     */
    REASON_AVRO_MALFORMED,    /* the bytes do not follow their schema              */
    REASON_LINE_MALFORMED,    /* not one JSON object, or not the fields of its header */
    REASON_FIELD_UNKNOWN,     /* a name that no event has                        */
    REASON_FIELD_UNREADABLE,  /* missing, twice, or not of its type              */
    /* one field */
    REASON_TEXT_INVALID,           /* not UTF-8, empty, too long or with control bytes */
    REASON_EVENT_ID_INVALID,       /* empty event id                                   */
    REASON_UETR_INVALID,           /* not a UUID                                       */
    REASON_RETURN_ID_UNEXPECTED,   /* and the event is no refund                      */
    REASON_CURRENCY_UNKNOWN,       /* code is not in our table                         */
    REASON_AMOUNT_UNREADABLE,      /* overflow, or digits beyond the currency's        */
    REASON_AMOUNT_NOT_POSITIVE,    /* zero or negative                                 */
    REASON_RATE_INVALID,           /* zero, negative, or more than 10 fraction digits  */
    REASON_TIME_OUT_OF_RANGE,      /* instant outside what we keep                     */
    REASON_EVENT_DAY_OUT_OF_RANGE, /* event day outside [oldest kept, tomorrow]     */
    /* against reference data */
    REASON_CORRIDOR_UNKNOWN,
    REASON_PARTICIPANT_UNKNOWN,
    REASON_CURRENCY_NOT_OF_CORRIDOR,
    REASON_PARTICIPANTS_EQUAL, /* debtor agent is creditor agent */
    REASON_ABOVE_LIMIT,
    REASON_RATE_MISSING,     /* and the corridor or a fee needs it        */
    REASON_AMOUNT_OFF_RATE,  /* settled is not instructed at the rate     */
    REASON_FEE_OUT_OF_RANGE, /* does not fit 64 bits                      */
    REASON_PARTIES_MISSING,  /* and its bank wants debtor and creditor    */
    REASON_PARTIES_INVALID,  /* said so that no bank can hold them        */
    /* against what we hold */
    REASON_SAME_ID_DIFFERENT_CONTENT,
    REASON_TRANSFER_ALREADY_RECORDED,
    REASON_LOCK_ALREADY_RECORDED,
    /* the store */
    REASON_REFUSED_BY_STORE, /* a constraint nothing above foresaw */
    REASON_COUNT,
};

struct reason_entry {
    const char *name;    /* as stored and logged */
    const char *meaning; /* one line */
    const char *remedy;  /* what an operator can do */
};

/* The row of the table; reason < REASON_COUNT. */
const struct reason_entry *reason_entry(enum reason reason);

static inline const char *reason_name(enum reason reason)
{
    return reason_entry(reason)->name;
}

#endif
