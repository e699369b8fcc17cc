/*
 * uuid.c - see uuid.h.
 */
#include "base/uuid.h"

#include "base/crypto.h"

static const struct uuid sawa_namespace = {{0x8c, 0x1f, 0x6b, 0x52, 0x0d, 0x7e, 0x5a, 0x41, 0x9b,
                                            0x33, 0x53, 0x41, 0x57, 0x41, 0x00, 0x01}};

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool hyphen_expected(struct text text, size_t at)
{
    return text.size == 36 && (at == 8 || at == 13 || at == 18 || at == 23);
}

bool uuid_parse(struct text text, struct uuid *ret_uuid)
{
    struct uuid uuid;
    size_t digits = 0;

    if (text.size != 36 && text.size != 32)
        return false;
    for (size_t at = 0; at < text.size; at++) {
        int digit = hex_digit(text.data[at]);

        if (hyphen_expected(text, at)) {
            if (text.data[at] != '-')
                return false;
            continue;
        }
        if (digit < 0)
            return false;
        uuid.bytes[digits / 2] = digits % 2 == 0
                                     ? (unsigned char)(digit << 4)
                                     : (unsigned char)(uuid.bytes[digits / 2] | digit);
        digits++;
    }
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

int64_t uuid_v7_ms(const struct uuid *uuid)
{
    int64_t ms = 0;

    assert(uuid_version(uuid) == 7);
    for (size_t i = 0; i < 6; i++)
        ms = ms << 8 | uuid->bytes[i];
    return ms;
}
