/*
 * record.h - one message as a broker or a file delivered it. All bytes are borrowed and hostile.
 */
#ifndef SAWA_BASE_RECORD_H
#define SAWA_BASE_RECORD_H

#include "base/text.h"

struct record {
    int32_t partition;
    int64_t offset;
    int64_t timestamp_ms; /* -1: none */
    struct text key;      /* data NULL: null */
    struct text value;    /* data NULL: null (a tombstone) */
    struct text headers;  /* in the form of codec/archive/records.h */
    uint32_t header_count;
};

#endif
