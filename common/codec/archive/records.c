/*
 * records.c - see records.h. The numbers in brackets are its invariants.
 */
#include "codec/archive/records.h"

#include <endian.h>

enum { LENGTH_NONE = -1, LENGTH_SIZE = 4, HASH_PREFIX_LEAF = 0x00 };

/* What is left of a frame being read; answer tells why a step failed. */
struct frame_cursor {
    const char *at;
    const char *end;
    enum raw_answer answer;
};

static char *put_be32(char *at, uint32_t value)
{
    value = htobe32(value);
    memcpy(at, &value, sizeof value);
    return at + sizeof value;
}

static char *put_be64(char *at, uint64_t value)
{
    value = htobe64(value);
    memcpy(at, &value, sizeof value);
    return at + sizeof value;
}

static char *put_optional(char *at, struct text text)
{
    if (text.data == NULL)
        return put_be32(at, (uint32_t)LENGTH_NONE);
    at = put_be32(at, (uint32_t)text.size);
    memcpy(at, text.data, text.size);
    return at + text.size;
}

void raw_header_append(struct buffer *headers, struct text name, struct text value)
{
    assert(name.size <= RAW_FRAME_MAX && value.size <= RAW_FRAME_MAX);
    buffer_be32(headers, (uint32_t)name.size);
    buffer_text(headers, name);
    buffer_be32(headers, value.data == NULL ? (uint32_t)LENGTH_NONE : (uint32_t)value.size);
    buffer_text(headers, value);
}

static size_t frame_size(const struct raw_record *record)
{
    return RAW_FRAME_MIN + record->key.size + record->value.size + record->headers.size;
}

static bool frame_fits(const struct raw_record *record)
{
    return record->key.size <= RAW_FRAME_MAX && record->value.size <= RAW_FRAME_MAX &&
           record->headers.size <= RAW_FRAME_MAX && frame_size(record) <= RAW_FRAME_MAX;
}

static uint32_t optional_size(struct text text)
{
    return text.data == NULL ? (uint32_t)LENGTH_NONE : (uint32_t)text.size;
}

bool raw_record_cut(const struct raw_record *record, struct raw_pieces *pieces)
{
    char *at;

    if (!frame_fits(record))
        return false;
    at = put_be64(pieces->head, (uint64_t)record->offset);
    at = put_be64(at, (uint64_t)record->timestamp_ms);
    put_be32(at, optional_size(record->key));
    put_be32(pieces->value_size, optional_size(record->value));
    put_be32(pieces->header_count, record->header_count);
    pieces->list[0] = (struct text){pieces->head, sizeof pieces->head};
    pieces->list[1] = record->key;
    pieces->list[2] = (struct text){pieces->value_size, sizeof pieces->value_size};
    pieces->list[3] = record->value;
    pieces->list[4] = (struct text){pieces->header_count, sizeof pieces->header_count};
    pieces->list[5] = record->headers;
    pieces->size = frame_size(record);
    return true;
}

bool raw_record_append(struct buffer *frames, const struct raw_record *record)
{
    char *place;
    char *at;

    if (!frame_fits(record))
        return false;
    place = buffer_reserve(frames, frame_size(record));
    if (place == NULL)
        return false;
    at = put_be64(place, (uint64_t)record->offset);
    at = put_be64(at, (uint64_t)record->timestamp_ms);
    at = put_optional(at, record->key);
    at = put_optional(at, record->value);
    at = put_be32(at, record->header_count);
    if (record->headers.size > 0)
        memcpy(at, record->headers.data, record->headers.size);
    assert(at + record->headers.size == place + frame_size(record));
    buffer_commit(frames, frame_size(record));
    return true;
}

static bool cursor_fail(struct frame_cursor *cursor, enum raw_answer answer)
{
    cursor->answer = answer;
    return false;
}

static bool take_bytes(struct frame_cursor *cursor, size_t size, struct text *ret_bytes)
{
    if (size > (size_t)(cursor->end - cursor->at))
        return cursor_fail(cursor, RAW_PARTIAL);
    *ret_bytes = (struct text){cursor->at, size};
    cursor->at += size;
    return true;
}

static bool take_be32(struct frame_cursor *cursor, uint32_t *ret_value)
{
    struct text bytes;

    if (!take_bytes(cursor, sizeof *ret_value, &bytes))
        return false;
    memcpy(ret_value, bytes.data, sizeof *ret_value);
    *ret_value = be32toh(*ret_value);
    return true;
}

static bool take_be64(struct frame_cursor *cursor, int64_t *ret_value)
{
    struct text bytes;
    uint64_t value;

    if (!take_bytes(cursor, sizeof value, &bytes))
        return false;
    memcpy(&value, bytes.data, sizeof value);
    *ret_value = (int64_t)be64toh(value);
    return true;
}

static bool take_sized(struct frame_cursor *cursor, uint32_t size, struct text *ret_bytes)
{
    if (size > RAW_FRAME_MAX)
        return cursor_fail(cursor, RAW_MALFORMED); /* (2) */
    return take_bytes(cursor, size, ret_bytes);
}

static bool take_optional(struct frame_cursor *cursor, struct text *ret_text)
{
    uint32_t size;

    if (!take_be32(cursor, &size))
        return false;
    if ((int32_t)size != LENGTH_NONE)
        return take_sized(cursor, size, ret_text);
    *ret_text = (struct text){NULL, 0};
    return true;
}

static bool take_header(struct frame_cursor *cursor, struct text *ret_name, struct text *ret_value)
{
    uint32_t size;

    return take_be32(cursor, &size) && take_sized(cursor, size, ret_name) &&
           take_optional(cursor, ret_value);
}

static bool take_headers(struct frame_cursor *cursor, struct raw_record *record)
{
    const char *start;

    if (!take_be32(cursor, &record->header_count))
        return false;
    if (record->header_count > RAW_FRAME_MAX / (2 * LENGTH_SIZE))
        return cursor_fail(cursor, RAW_MALFORMED); /* (2) */
    start = cursor->at;
    for (uint32_t i = 0; i < record->header_count; i++) {
        struct text name;
        struct text value;

        if (!take_header(cursor, &name, &value))
            return false;
    }
    record->headers = (struct text){start, (size_t)(cursor->at - start)};
    return true;
}

bool raw_header_next(struct text *rest, struct text *ret_name, struct text *ret_value)
{
    struct frame_cursor cursor = {rest->data, rest->data + rest->size, RAW_WHOLE};
    struct text name;

    if (rest->size == 0 || !take_header(&cursor, &name, ret_value))
        return false;
    *ret_name = name;
    *rest = (struct text){cursor.at, (size_t)(cursor.end - cursor.at)};
    return true;
}

enum raw_answer raw_record_next(struct text *rest, struct raw_record *ret_record,
                                struct text *ret_frame)
{
    struct frame_cursor cursor = {rest->data, rest->data + rest->size, RAW_WHOLE};
    struct raw_record record;
    size_t size;

    if (!take_be64(&cursor, &record.offset) || !take_be64(&cursor, &record.timestamp_ms) ||
        !take_optional(&cursor, &record.key) || !take_optional(&cursor, &record.value) ||
        !take_headers(&cursor, &record))
        return cursor.answer == RAW_PARTIAL && rest->size >= RAW_FRAME_MAX ? RAW_MALFORMED
                                                                           : cursor.answer;
    size = (size_t)(cursor.at - rest->data);
    if (size > RAW_FRAME_MAX)
        return RAW_MALFORMED; /* (2) */
    assert(size == frame_size(&record));
    *ret_frame = (struct text){rest->data, size};
    *ret_record = record;
    *rest = (struct text){cursor.at, rest->size - size};
    return RAW_WHOLE;
}

void raw_record_hash(struct sha256 *sha256, const unsigned char salt[RAW_SALT_SIZE],
                     struct text frame, struct digest *ret_hash)
{
    unsigned char head[1 + RAW_SALT_SIZE] = {HASH_PREFIX_LEAF};

    memcpy(head + 1, salt, RAW_SALT_SIZE);
    sha256_begin(sha256);
    sha256_add(sha256, head, sizeof head);
    sha256_add(sha256, frame.data, frame.size);
    sha256_end(sha256, ret_hash);
}

void raw_pieces_hash(struct sha256 *sha256, const unsigned char salt[RAW_SALT_SIZE],
                     const struct raw_pieces *pieces, struct digest *ret_hash)
{
    unsigned char head[1 + RAW_SALT_SIZE] = {HASH_PREFIX_LEAF};

    memcpy(head + 1, salt, RAW_SALT_SIZE);
    sha256_begin(sha256);
    sha256_add(sha256, head, sizeof head);
    for (size_t i = 0; i < RAW_PIECE_COUNT; i++)
        if (pieces->list[i].size > 0)
            sha256_add(sha256, pieces->list[i].data, pieces->list[i].size);
    sha256_end(sha256, ret_hash);
}
