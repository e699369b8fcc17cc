/*
 * record.h - one message as a broker or a file delivered it. All bytes are borrowed and hostile.
 */
#ifndef SAWA_BASE_RECORD_H
#define SAWA_BASE_RECORD_H

#include "base/text.h"

struct record_header {
    struct text name;
    struct text value; /* data NULL: null */
};

enum { RECORD_HEADER_MAX = 64 };

struct record {
    int32_t partition;
    int64_t offset;
    int64_t timestamp_ms; /* -1: none */
    struct text key;      /* data NULL: null */
    struct text value;    /* data NULL: null (a tombstone) */
    size_t header_count;
    const struct record_header *headers;
};

#endif
