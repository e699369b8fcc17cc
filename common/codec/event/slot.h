/*
 * slot.h - what one record says, column by column, before any check of meaning: the meeting point
 * of all formats.
 *
 *   Avro body --avro/decode.h-----+
 *   JSON line --line/json_line.h---> slots[] --payment_event.h, fx_event.h--> event, digests
 *   CSV line  --line/csv_line.h---+
 *
 * A column set says what an event is made of (columns.h); slot i holds column i. Whatever the
 * format, the same event gives the same slots, or ones the checks take for the same.
 */
#ifndef SAWA_CODEC_EVENT_SLOT_H
#define SAWA_CODEC_EVENT_SLOT_H

#include "base/text.h"

enum { COLUMN_COUNT_MAX = 32 };

enum column_type { COLUMN_TEXT, COLUMN_UUID, COLUMN_DECIMAL, COLUMN_TIME, COLUMN_ENUM };

struct column {
    const char *name;
    enum column_type type;
    bool is_optional;           /* null, or not sent at all: the slot stays empty    */
    const char *fallback;       /* TEXT: what a writer without the field means       */
    const char *aliases[4];     /* earlier names, ended by NULL                      */
    const char *const *symbols; /* ENUM: ended by NULL; the slot's number is 1 + index */
};

struct column_set {
    const struct column *columns;
    size_t count;              /* <= COLUMN_COUNT_MAX */
    const char *const *unread; /* names an event may have that we have no column for; NULL-ended */
};

enum slot_form {
    SLOT_EMPTY,    /* null, or not sent */
    SLOT_TEXT,     /* text: any bytes; whether they are UTF-8 is checked with the field */
    SLOT_UUID,     /* text: 16 raw bytes                                                */
    SLOT_DECIMAL,  /* decimal x 10^-scale                                               */
    SLOT_OVERFLOW, /* a decimal or an instant too large for its type                    */
    SLOT_NUMBER,   /* number: an instant in microseconds, or 1 + index of a symbol      */
};

/* What one column of one record holds, before any check of meaning. */
struct slot {
    union {
        struct text text;
        int64_t number;
        __int128 decimal;
    };
    enum slot_form form;
    int scale;
};

#endif
