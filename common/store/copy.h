/*
 * copy.h - tuples of PostgreSQL's binary COPY format, written straight into a buffer.
 *
 * A tuple is a field count and, per field, its size and bytes (PostgreSQL manual,
 * COPY, "Binary Format"). The header and the trailer belong to db_copy.
 *
 *   char *at = copy_reserve(buffer, max); at = copy_tuple(at, 3);
 *   at = copy_int64(at, id); at = copy_uuid(at, &uuid); at = copy_text(at, text);
 *   copy_finish(buffer, at);
 *
 * The writers do not check room: copy_reserve did, for the tuple's greatest size.
 */
#ifndef SAWA_STORE_COPY_H
#define SAWA_STORE_COPY_H

#include "base/buffer.h"
#include "base/uuid.h"
#include "domain/currency.h"

#include <endian.h>

enum { COPY_FIELD_OVERHEAD = 4 };

/* Microseconds and days from 1970 to 2000, where PostgreSQL begins to count. */
#define PG_EPOCH_US INT64_C(946684800000000)
#define PG_EPOCH_DAYS 10957

static inline char *copy_raw32(char *at, uint32_t value)
{
    value = htobe32(value);
    memcpy(at, &value, 4);
    return at + 4;
}

static inline char *copy_tuple(char *at, uint16_t field_count)
{
    field_count = htobe16(field_count);
    memcpy(at, &field_count, 2);
    return at + 2;
}

static inline char *copy_null(char *at)
{
    return copy_raw32(at, UINT32_MAX);
}

static inline char *copy_bytes(char *at, const void *bytes, size_t size)
{
    at = copy_raw32(at, (uint32_t)size);
    memcpy(at, bytes, size);
    return at + size;
}

static inline char *copy_text(char *at, struct text text)
{
    return copy_bytes(at, text.data, text.size);
}

static inline char *copy_int16(char *at, int16_t value)
{
    uint16_t big = htobe16((uint16_t)value);

    return copy_bytes(at, &big, 2);
}

static inline char *copy_int32(char *at, int32_t value)
{
    return copy_raw32(copy_raw32(at, 4), (uint32_t)value);
}

static inline char *copy_int64(char *at, int64_t value)
{
    uint64_t big = htobe64((uint64_t)value);

    return copy_bytes(at, &big, 8);
}

static inline char *copy_bool(char *at, bool value)
{
    at = copy_raw32(at, 1);
    *at = value ? 1 : 0;
    return at + 1;
}

static inline char *copy_currency(char *at, currency unit)
{
    char code[CURRENCY_CODE_SIZE];

    currency_code(unit, code);
    return copy_bytes(at, code, 3);
}

static inline char *copy_uuid(char *at, const struct uuid *uuid)
{
    return copy_bytes(at, uuid->bytes, sizeof uuid->bytes);
}

static inline char *copy_instant(char *at, int64_t instant_us)
{
    return copy_int64(at, instant_us - PG_EPOCH_US);
}

static inline char *copy_date(char *at, int32_t day)
{
    return copy_int32(at, day - PG_EPOCH_DAYS);
}

/* A place for a tuple of at most size bytes; NULL past the buffer's ceiling. */
static inline char *copy_reserve(struct buffer *buffer, size_t size)
{
    return buffer_reserve(buffer, size);
}

static inline void copy_finish(struct buffer *buffer, const char *at)
{
    buffer_commit(buffer, (size_t)(at - (buffer->data + buffer->size)));
}

#endif
