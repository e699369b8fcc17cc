/*
 * record.h - one message as a broker or a file delivered it. All bytes are borrowed and hostile.
 */
#ifndef SAWA_BASE_RECORD_H
#define SAWA_BASE_RECORD_H

#include "base/text.h"

/* What value is made of. A broker's records are in the wire format of codec/avro/frame.h; only a
 * file says otherwise. Never taken from a broker's headers: a producer may write what it likes. */
enum record_format {
    RECORD_AVRO,
    RECORD_AVRO_UNLISTED, /* of a container whose schema is not on the allow-list */
    RECORD_NDJSON,
    RECORD_CSV,
};

/* The most bytes of key, value and headers together that are kept of a record. One message of a
 * broker may be larger than what a producer sent over the wire: it comes in compressed. */
enum { RECORD_BYTES_MAX = 16 * 1024 * 1024 };

/* What its source has against a record. */
enum record_objection {
    RECORD_FINE,
    RECORD_DELIVERED_OFTEN,     /* it may have been committed and not acknowledged: it is looked up,
                                   and parked where it is not known; it is never applied */
    RECORD_DELIVERED_TOO_OFTEN, /* who takes it may not live to answer: parked, not decoded */
    RECORD_WITHOUT_ID,          /* and the source is told to take none without: parked likewise */
    RECORD_ABOVE_CEILING,       /* more than RECORD_BYTES_MAX: not parked, its partition halts */
};

struct record {
    int32_t partition;
    int64_t offset;
    int64_t timestamp_ms; /* -1: none */
    struct text key;      /* data NULL: null */
    struct text value;    /* data NULL: null (a tombstone) */
    struct text headers;  /* in the form of codec/archive/records.h */
    uint32_t header_count;
    enum record_format format;
    enum record_objection objection;
    struct text columns; /* RECORD_CSV: the header line of its file */
};

static inline bool record_is_above_ceiling(const struct record *record)
{
    return record->objection == RECORD_ABOVE_CEILING || record->key.size > RECORD_BYTES_MAX ||
           record->value.size > RECORD_BYTES_MAX ||
           record->key.size + record->value.size + record->headers.size > RECORD_BYTES_MAX;
}

#endif
