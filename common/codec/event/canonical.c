/*
 * canonical.c - see canonical.h.
 */
#include "codec/event/canonical.h"

#include <endian.h>

static void canonical_field(struct canonical *canonical, const void *bytes, size_t size)
{
    unsigned char *at = canonical->bytes + canonical->size;

    assert(canonical->size + 2 + size <= sizeof canonical->bytes);
    assert(size < UINT16_MAX);
    at[0] = (unsigned char)(size >> 8);
    at[1] = (unsigned char)size;
    memcpy(at + 2, bytes, size);
    canonical->size += 2 + size;
}

void canonical_begin(struct canonical *canonical, int version)
{
    canonical->size = 0;
    if (version != 0)
        canonical->bytes[canonical->size++] = (unsigned char)version;
}

void canonical_absent(struct canonical *canonical)
{
    assert(canonical->size + 2 <= sizeof canonical->bytes);
    canonical->bytes[canonical->size++] = 0xff;
    canonical->bytes[canonical->size++] = 0xff;
}

void canonical_text(struct canonical *canonical, struct text text)
{
    canonical_field(canonical, text.data, text.size);
}

void canonical_uuid(struct canonical *canonical, bool has, const struct uuid *uuid)
{
    if (has)
        canonical_field(canonical, uuid->bytes, sizeof uuid->bytes);
    else
        canonical_absent(canonical);
}

void canonical_int64(struct canonical *canonical, bool has, int64_t value)
{
    uint64_t big_endian = htobe64((uint64_t)value);

    if (has)
        canonical_field(canonical, &big_endian, sizeof big_endian);
    else
        canonical_absent(canonical);
}

void canonical_currency(struct canonical *canonical, currency of)
{
    char code[CURRENCY_CODE_SIZE];

    currency_code(of, code);
    canonical_field(canonical, code, 3);
}

void canonical_amount(struct canonical *canonical, bool has, struct amount amount)
{
    if (!has) {
        canonical_absent(canonical);
        canonical_absent(canonical);
        return;
    }
    canonical_int64(canonical, true, amount.minor);
    canonical_currency(canonical, amount.currency);
}

struct uuid canonical_end(struct canonical *canonical)
{
    struct digest digest;
    struct uuid id;

    sha256_begin(canonical->sha256);
    sha256_add(canonical->sha256, canonical->bytes, canonical->size);
    sha256_end(canonical->sha256, &digest);
    memcpy(id.bytes, digest.bytes, sizeof id.bytes);
    return id;
}
