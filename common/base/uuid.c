/*
 * uuid.c - see uuid.h.
 */
#include "base/uuid.h"

#include "base/crypto.h"

static const struct uuid sawa_namespace = {{0x8c, 0x1f, 0x6b, 0x52, 0x0d, 0x7e, 0x5a, 0x41, 0x9b,
                                            0x33, 0x53, 0x41, 0x57, 0x41, 0x00, 0x01}};

/* Value of a hex digit plus one; 0: it is none. */
static const unsigned char hex_digits[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
    ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

/* Where the 16 pairs of digits stand in 8-4-4-4-12. */
static const unsigned char pair_at[16] = {0,  2,  4,  6,  9,  11, 14, 16,
                                          19, 21, 24, 26, 28, 30, 32, 34};

static bool hyphens_stand(const char *data)
{
    return data[8] == '-' && data[13] == '-' && data[18] == '-' && data[23] == '-';
}

bool uuid_parse(struct text text, struct uuid *ret_uuid)
{
    bool hyphens = text.size == 36;
    const unsigned char *data = (const unsigned char *)text.data;
    unsigned char odd = 0; /* no branch per digit: one bad one is as rare as all bad ones */
    struct uuid uuid;

    if (hyphens ? !hyphens_stand(text.data) : text.size != 32)
        return false;
    for (size_t i = 0; i < sizeof uuid.bytes; i++) {
        const unsigned char *pair = data + (hyphens ? pair_at[i] : 2 * i);
        unsigned char high = (unsigned char)(hex_digits[pair[0]] - 1);
        unsigned char low = (unsigned char)(hex_digits[pair[1]] - 1);

        odd |= high | low; /* 0xff where it is no digit */
        uuid.bytes[i] = (unsigned char)(high << 4 | low);
    }
    if (odd > 0x0F)
        return false;
    *ret_uuid = uuid;
    return true;
}

void uuid_format(const struct uuid *uuid, char text[UUID_TEXT_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    size_t at = 0;

    for (size_t i = 0; i < sizeof uuid->bytes; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            text[at++] = '-';
        text[at++] = digits[uuid->bytes[i] >> 4];
        text[at++] = digits[uuid->bytes[i] & 15];
    }
    text[at] = '\0';
}

void uuid_format_hex(const struct uuid *uuid, char text[UUID_HEX_SIZE])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < sizeof uuid->bytes; i++) {
        text[2 * i] = digits[uuid->bytes[i] >> 4];
        text[2 * i + 1] = digits[uuid->bytes[i] & 15];
    }
    text[32] = '\0';
}

struct uuid uuid_of_name(struct text name)
{
    struct text parts[] = {{(const char *)sawa_namespace.bytes, 16}, name};
    unsigned char digest[20];
    struct uuid uuid;

    sha1_parts(parts, COUNT_OF(parts), digest);
    memcpy(uuid.bytes, digest, sizeof uuid.bytes);
    uuid.bytes[6] = (unsigned char)((uuid.bytes[6] & 0x0F) | 0x50);
    uuid.bytes[8] = (unsigned char)((uuid.bytes[8] & 0x3F) | 0x80);
    return uuid;
}

/* The constants are splitmix64's. */
uint64_t uuid_hash(const struct uuid *uuid)
{
    uint64_t high;
    uint64_t low;

    memcpy(&high, uuid->bytes, 8);
    memcpy(&low, uuid->bytes + 8, 8);
    high ^= low * UINT64_C(0x9E3779B97F4A7C15);
    high = (high ^ high >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    high = (high ^ high >> 27) * UINT64_C(0x94D049BB133111EB);
    return high ^ high >> 31;
}

int64_t uuid_v7_ms(const struct uuid *uuid)
{
    int64_t ms = 0;

    assert(uuid_version(uuid) == 7);
    for (size_t i = 0; i < 6; i++)
        ms = ms << 8 | uuid->bytes[i];
    return ms;
}
