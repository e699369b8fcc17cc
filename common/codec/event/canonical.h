/*
 * canonical.h - the bytes of an event that its digests are made of.
 *
 * Each field is preceded by its uint16 length, big-endian; an absent one is 0xffff alone. So two
 * events have the same bytes only if they say the same, however they were written.
 *
 *   canonical_begin(canonical, 1);
 *   canonical_text(canonical, payment->corridor); ...
 *   payment->content_digest = canonical_end(canonical);
 */
#ifndef SAWA_CODEC_EVENT_CANONICAL_H
#define SAWA_CODEC_EVENT_CANONICAL_H

#include "base/crypto.h"
#include "base/uuid.h"
#include "domain/amount.h"

struct canonical {
    struct sha256 *sha256; /* borrowed */
    size_t size;
    unsigned char bytes[2048]; /* more than the longest event: 7 texts of 35 x 4 bytes, numbers */
};

void canonical_begin(struct canonical *canonical, int version); /* 0: no version byte */
void canonical_absent(struct canonical *canonical);
void canonical_text(struct canonical *canonical, struct text text);
void canonical_uuid(struct canonical *canonical, bool has, const struct uuid *uuid);
void canonical_int64(struct canonical *canonical, bool has, int64_t value);
void canonical_currency(struct canonical *canonical, currency of);
void canonical_amount(struct canonical *canonical, bool has, struct amount amount);

/* The first 16 bytes of the SHA-256 of what was put in. */
struct uuid canonical_end(struct canonical *canonical);

#endif
