/*
 * encoding.c - see encoding.h.
 */
#include "codec/encoding.h"

#include <strings.h>

/* cp1252 0x80..0x9F (Windows best fit: the five free places keep their number). */
static const uint16_t cp1252_high[32] = {
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178,
};

void encoding_init(struct encoding *encoding, enum code_page declared)
{
    *encoding = (struct encoding){.state = ENCODING_START, .declared = declared};
}

enum code_page code_page_of(struct text name)
{
    static const struct {
        const char *name;
        enum code_page page;
    } names[] = {
        {"ISO-8859-1", CODE_PAGE_1252},     {"ISO8859-1", CODE_PAGE_1252},
        {"LATIN1", CODE_PAGE_1252},         {"WINDOWS-1252", CODE_PAGE_1252},
        {"CP1252", CODE_PAGE_1252},         {"1252", CODE_PAGE_1252},
        {"ISO-8859-15", CODE_PAGE_8859_15}, {"ISO8859-15", CODE_PAGE_8859_15},
        {"LATIN9", CODE_PAGE_8859_15},
    };

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strlen(names[i].name) == name.size &&
            strncasecmp(names[i].name, name.data, name.size) == 0)
            return names[i].page;
    return CODE_PAGE_NONE;
}

static uint32_t point_8859_15(unsigned char byte)
{
    switch (byte) {
    case 0xA4: return 0x20AC;
    case 0xA6: return 0x0160;
    case 0xA8: return 0x0161;
    case 0xB4: return 0x017D;
    case 0xB8: return 0x017E;
    case 0xBC: return 0x0152;
    case 0xBD: return 0x0153;
    case 0xBE: return 0x0178;
    default: return byte;
    }
}

static void put_single_byte(struct encoding *encoding, unsigned char byte, struct buffer *out)
{
    if (encoding->declared == CODE_PAGE_8859_15)
        buffer_utf8(out, point_8859_15(byte));
    else
        buffer_utf8(out, byte >= 0x80 && byte < 0xA0 ? cp1252_high[byte - 0x80] : byte);
    if (encoding->declared == CODE_PAGE_NONE && byte >= 0x80)
        encoding->guessed = true;
}

/* How long a UTF-8 sequence is that begins with byte; 0: it begins none. */
static size_t sequence_size(unsigned char byte)
{
    if (byte >= 0xC2 && byte <= 0xDF)
        return 2;
    if (byte >= 0xE0 && byte <= 0xEF)
        return 3;
    if (byte >= 0xF0 && byte <= 0xF4)
        return 4;
    return 0;
}

static bool pending_is_utf8(const struct encoding *encoding)
{
    return text_is_utf8((struct text){(const char *)encoding->pending, encoding->pending_size});
}

static void pending_drop(struct encoding *encoding, size_t size)
{
    encoding->pending_size -= size;
    memmove(encoding->pending, encoding->pending + size, encoding->pending_size);
}

/* The first pending byte was no UTF-8: what that decides, and the byte itself. */
static void pending_recode_first(struct encoding *encoding, struct buffer *out)
{
    if (encoding->state == ENCODING_ASCII)
        encoding->state = ENCODING_SINGLE_BYTE;
    put_single_byte(encoding, encoding->pending[0], out);
    pending_drop(encoding, 1);
}

/* Settles what of pending can be settled; final: nothing more will come. */
static void pending_settle(struct encoding *encoding, struct buffer *out, bool final)
{
    while (encoding->pending_size > 0) {
        size_t size = sequence_size(encoding->pending[0]);
        bool broken = size == 0 || encoding->state == ENCODING_SINGLE_BYTE;

        if (encoding->pending[0] < 0x80) {
            buffer_byte(out, encoding->pending[0]);
            pending_drop(encoding, 1);
            continue;
        }
        for (size_t i = 1; i < encoding->pending_size && i < size; i++)
            broken = broken || (encoding->pending[i] & 0xC0) != 0x80;
        if (!broken && encoding->pending_size < size && !final)
            return; /* (2) */
        if (broken || encoding->pending_size < size || !pending_is_utf8(encoding)) {
            pending_recode_first(encoding, out);
            continue;
        }
        encoding->state = ENCODING_UTF8;
        buffer_append(out, encoding->pending, size);
        pending_drop(encoding, size);
    }
}

/* UTF-16 in units of two bytes; a lone surrogate becomes the replacement character (1). */
static void utf16_settle(struct encoding *encoding, struct buffer *out)
{
    const unsigned char *bytes = encoding->pending;
    bool little = encoding->state == ENCODING_UTF16_LE;
    uint32_t unit = little ? bytes[0] | bytes[1] << 8 : bytes[0] << 8 | bytes[1];
    uint32_t second;

    if (encoding->pending_size < 2)
        return;
    if (unit < 0xD800 || unit > 0xDFFF) {
        buffer_utf8(out, unit);
        pending_drop(encoding, 2);
        return;
    }
    if (unit < 0xDC00 && encoding->pending_size < 4)
        return;
    second = little ? bytes[2] | bytes[3] << 8 : bytes[2] << 8 | bytes[3];
    if (unit >= 0xDC00 || second < 0xDC00 || second > 0xDFFF) {
        buffer_utf8(out, 0xFFFD);
        pending_drop(encoding, 2);
        return;
    }
    buffer_utf8(out, 0x10000 + ((unit & 0x3FF) << 10) + (second & 0x3FF));
    pending_drop(encoding, 4);
}

/* Decides on a byte order mark; false: more bytes are needed. */
static bool start_settle(struct encoding *encoding)
{
    static const unsigned char utf8_mark[] = {0xEF, 0xBB, 0xBF};
    const unsigned char *bytes = encoding->pending;
    size_t size = encoding->pending_size;

    if (size >= 2 && bytes[0] == 0xFF && bytes[1] == 0xFE) {
        encoding->state = ENCODING_UTF16_LE;
        pending_drop(encoding, 2);
    } else if (size >= 2 && bytes[0] == 0xFE && bytes[1] == 0xFF) {
        encoding->state = ENCODING_UTF16_BE;
        pending_drop(encoding, 2);
    } else if (size >= 3 && memcmp(bytes, utf8_mark, 3) == 0) {
        encoding->state = ENCODING_UTF8;
        pending_drop(encoding, 3);
    } else if (size >= 3 || (size >= 1 && bytes[0] < 0x80)) {
        encoding->state = ENCODING_ASCII;
    } else {
        return false;
    }
    return true;
}

static bool is_utf16(const struct encoding *encoding)
{
    return encoding->state == ENCODING_UTF16_LE || encoding->state == ENCODING_UTF16_BE;
}

/* The run of plain bytes at the front, which need no settling: eight at a time. */
static size_t ascii_run(struct text bytes)
{
    static const uint64_t high = UINT64_C(0x8080808080808080);
    size_t size = 0;
    uint64_t eight;

    for (; size + sizeof eight <= bytes.size; size += sizeof eight) {
        memcpy(&eight, bytes.data + size, sizeof eight);
        if ((eight & high) != 0)
            break;
    }
    while (size < bytes.size && (unsigned char)bytes.data[size] < 0x80)
        size++;
    return size;
}

/* What is plain comes out as it is. */
static bool is_settled(const struct encoding *encoding)
{
    return encoding->pending_size == 0 && encoding->state != ENCODING_START && !is_utf16(encoding);
}

bool encoding_is_plain(const struct encoding *encoding, struct text bytes)
{
    return is_settled(encoding) && ascii_run(bytes) == bytes.size;
}

static void feed_byte(struct encoding *encoding, unsigned char byte, struct buffer *out)
{
    assert(encoding->pending_size < sizeof encoding->pending);
    encoding->pending[encoding->pending_size++] = byte;
    if (encoding->state == ENCODING_START && !start_settle(encoding))
        return;
    if (is_utf16(encoding))
        utf16_settle(encoding, out);
    else
        pending_settle(encoding, out, false);
}

void encoding_feed(struct encoding *encoding, struct text *bytes, struct buffer *out)
{
    bool guessed_before = encoding->guessed;

    while (bytes->size > 0 && encoding->guessed == guessed_before) {
        size_t plain = 0;

        if (is_settled(encoding))
            plain = ascii_run(*bytes);
        if (plain > 0)
            buffer_append(out, bytes->data, plain);
        else
            feed_byte(encoding, (unsigned char)bytes->data[0], out);
        plain = plain > 0 ? plain : 1;
        bytes->data += plain;
        bytes->size -= plain;
    }
}

void encoding_end(struct encoding *encoding, struct buffer *out)
{
    if (encoding->state == ENCODING_START)
        encoding->state = ENCODING_ASCII;
    if (is_utf16(encoding) && encoding->pending_size > 0)
        buffer_utf8(out, 0xFFFD);
    else
        pending_settle(encoding, out, true);
    encoding->pending_size = 0;
}
