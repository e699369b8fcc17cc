/*
 * uuid.h - 128-bit identities (RFC 9562).
 *
 * Event ids are UUIDs; a UUIDv7 carries its millisecond, so its day is known from
 * the id alone. String ids that are not UUIDs become UUIDv5 under our namespace.
 */
#ifndef SAWA_BASE_UUID_H
#define SAWA_BASE_UUID_H

#include "base/text.h"

enum { UUID_TEXT_SIZE = 37, UUID_HEX_SIZE = 33 };

struct uuid {
    unsigned char bytes[16];
};

/* Reads 8-4-4-4-12 or 32 hex digits, either case. False: not a UUID. */
must_use bool uuid_parse(struct text text, struct uuid *ret_uuid);

/* Lower case with hyphens, terminated. */
void uuid_format(const struct uuid *uuid, char text[UUID_TEXT_SIZE]);

/* 32 lower-case hex digits, terminated: fits Max35Text. */
void uuid_format_hex(const struct uuid *uuid, char text[UUID_HEX_SIZE]);

/* A name-based UUIDv5 of name under Sawa's namespace (RFC 9562 5.5). */
struct uuid uuid_of_name(struct text name);

static inline int uuid_version(const struct uuid *uuid)
{
    return uuid->bytes[6] >> 4;
}

/* Milliseconds since 1970 of a UUIDv7 (RFC 9562 5.7); the caller has checked the version. */
int64_t uuid_v7_ms(const struct uuid *uuid);

/* 64 well-mixed bits: ids may be time-ordered, or chosen by a sender. */
uint64_t uuid_hash(const struct uuid *uuid);

static inline int uuid_compare(const struct uuid *left, const struct uuid *right)
{
    return memcmp(left->bytes, right->bytes, sizeof left->bytes);
}

#endif
