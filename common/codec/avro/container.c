/*
 * container.c - see container.h. The numbers in brackets are its invariants.
 */
#include "codec/avro/container.h"

#include "codec/archive/unpack.h"
#include "codec/avro/avro_schema.h"

static const struct {
    const char *name;
    enum container_codec codec;
} codecs[] = {
    {"null", CONTAINER_NULL},
    {"deflate", CONTAINER_DEFLATE},
    {"zstandard", CONTAINER_ZSTANDARD},
};

static const char magic[] = {'O', 'b', 'j', 1};

struct container_cursor {
    const unsigned char *at;
    const unsigned char *end;
};

static size_t bytes_left(const struct container_cursor *cursor)
{
    return (size_t)(cursor->end - cursor->at);
}

bool container_begins(struct text bytes)
{
    return bytes.size >= sizeof magic && memcmp(bytes.data, magic, sizeof magic) == 0;
}

/* A zigzag varint of at most ten bytes. */
static enum container_answer long_take(struct container_cursor *cursor, int64_t *ret_value)
{
    uint64_t value = 0;

    for (int shift = 0; shift < 64; shift += 7) {
        unsigned char byte;

        if (cursor->at == cursor->end)
            return CONTAINER_PARTIAL;
        byte = *cursor->at++;
        if (shift == 63 && byte > 1)
            return CONTAINER_DAMAGED;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *ret_value = (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
            return CONTAINER_WHOLE;
        }
    }
    return CONTAINER_DAMAGED;
}

static enum container_answer bytes_take(struct container_cursor *cursor, struct text *ret_bytes)
{
    int64_t size;
    enum container_answer answer = long_take(cursor, &size);

    if (answer != CONTAINER_WHOLE)
        return answer;
    if (size < 0 || size > CONTAINER_HEADER_MAX)
        return CONTAINER_DAMAGED;
    if ((uint64_t)size > bytes_left(cursor))
        return CONTAINER_PARTIAL;
    *ret_bytes = (struct text){(const char *)cursor->at, (size_t)size};
    cursor->at += size;
    return CONTAINER_WHOLE;
}

/* ---- the header ---- */

static bool entry_use(struct container_header *header, struct text name, struct text value)
{
    if (text_is(name, "avro.schema")) {
        header->schema = value;
        return value.size <= SCHEMA_TEXT_MAX;
    }
    if (!text_is(name, "avro.codec"))
        return true;
    for (size_t i = 0; i < COUNT_OF(codecs); i++) {
        if (!text_is(value, codecs[i].name))
            continue;
        header->codec = codecs[i].codec;
        return true;
    }
    return false;
}

static enum container_answer entry_take(struct container_cursor *cursor,
                                        struct container_header *header)
{
    struct text name;
    struct text value;
    enum container_answer answer = bytes_take(cursor, &name);

    if (answer == CONTAINER_WHOLE)
        answer = bytes_take(cursor, &value);
    if (answer == CONTAINER_WHOLE && !entry_use(header, name, value))
        return CONTAINER_DAMAGED;
    return answer;
}

/* The head of a block of the map; a negative count is followed by the block's size. */
static enum container_answer count_take(struct container_cursor *cursor, int64_t *ret_count)
{
    int64_t size;
    enum container_answer answer = long_take(cursor, ret_count);

    if (answer != CONTAINER_WHOLE || *ret_count >= 0)
        return answer;
    if (*ret_count < -CONTAINER_ENTRY_MAX)
        return CONTAINER_DAMAGED;
    *ret_count = -*ret_count;
    return long_take(cursor, &size);
}

static enum container_answer entries_take(struct container_cursor *cursor,
                                          struct container_header *header)
{
    int64_t total = 0;

    for (;;) {
        int64_t count;
        enum container_answer answer = count_take(cursor, &count);

        if (answer != CONTAINER_WHOLE || count == 0)
            return answer;
        total += count;
        if (count > CONTAINER_ENTRY_MAX || total > CONTAINER_ENTRY_MAX)
            return CONTAINER_DAMAGED; /* (1) */
        for (int64_t i = 0; i < count; i++) {
            answer = entry_take(cursor, header);
            if (answer != CONTAINER_WHOLE)
                return answer;
        }
    }
}

/* How many more bytes a header that is not whole yet asks for: a piece, up to its ceiling. */
static enum container_answer header_partial(struct text bytes, size_t *ret_needed)
{
    if (bytes.size >= CONTAINER_HEADER_MAX)
        return CONTAINER_DAMAGED; /* (1) */
    *ret_needed = bytes.size + 1;
    return CONTAINER_PARTIAL;
}

enum container_answer container_header_read(struct text bytes, struct container_header *ret_header,
                                            size_t *ret_needed)
{
    const unsigned char *begin = (const unsigned char *)bytes.data;
    struct container_cursor cursor = {begin, begin + bytes.size};
    struct container_header header = {.codec = CONTAINER_NULL};
    enum container_answer answer;

    if (bytes.size < sizeof magic)
        return header_partial(bytes, ret_needed);
    if (!container_begins(bytes))
        return CONTAINER_DAMAGED;
    cursor.at += sizeof magic;
    answer = entries_take(&cursor, &header);
    if (answer == CONTAINER_WHOLE && bytes_left(&cursor) < CONTAINER_SYNC_SIZE)
        answer = CONTAINER_PARTIAL;
    if (answer == CONTAINER_PARTIAL)
        return header_partial(bytes, ret_needed);
    if (answer == CONTAINER_DAMAGED || header.schema.data == NULL)
        return CONTAINER_DAMAGED;
    memcpy(header.sync, cursor.at, CONTAINER_SYNC_SIZE);
    header.size = (size_t)(cursor.at + CONTAINER_SYNC_SIZE - begin);
    *ret_header = header;
    return CONTAINER_WHOLE;
}

/* ---- blocks ---- */

static enum container_answer head_take(struct container_cursor *cursor, int64_t *ret_count,
                                       int64_t *ret_size)
{
    enum container_answer answer = long_take(cursor, ret_count);

    if (answer == CONTAINER_WHOLE)
        answer = long_take(cursor, ret_size);
    if (answer != CONTAINER_WHOLE)
        return answer;
    if (*ret_count < 0 || *ret_size < 0 || *ret_size > CONTAINER_BLOCK_MAX ||
        *ret_count > *ret_size + CONTAINER_SYNC_SIZE)
        return CONTAINER_DAMAGED; /* (2) */
    return CONTAINER_WHOLE;
}

enum container_answer container_block_read(const struct container_header *header, struct text bytes,
                                           struct container_block *ret_block, size_t *ret_needed)
{
    const unsigned char *begin = (const unsigned char *)bytes.data;
    struct container_cursor cursor = {begin, begin + bytes.size};
    int64_t count;
    int64_t size;
    size_t head;
    enum container_answer answer = head_take(&cursor, &count, &size);

    if (answer == CONTAINER_PARTIAL)
        *ret_needed = bytes.size + 1;
    if (answer != CONTAINER_WHOLE)
        return answer;
    head = (size_t)(cursor.at - begin);
    *ret_needed = head + (size_t)size + CONTAINER_SYNC_SIZE;
    if (bytes.size < *ret_needed)
        return CONTAINER_PARTIAL;
    if (memcmp(cursor.at + size, header->sync, CONTAINER_SYNC_SIZE) != 0)
        return CONTAINER_DAMAGED; /* (3) */
    *ret_block = (struct container_block){.count = count,
                                          .packed = {(const char *)cursor.at, (size_t)size},
                                          .size = *ret_needed};
    return CONTAINER_WHOLE;
}

bool container_unpack(enum container_codec codec, const struct container_block *block,
                      struct buffer *plain, struct text *ret_records)
{
    bool done;

    if (codec == CONTAINER_NULL) {
        *ret_records = block->packed;
        return true;
    }
    buffer_clear(plain);
    done = codec == CONTAINER_DEFLATE ? unpack_deflate(block->packed, CONTAINER_PLAIN_MAX, plain)
                                      : unpack_zstd(block->packed, CONTAINER_PLAIN_MAX, plain);
    if (done)
        *ret_records = buffer_view(plain);
    return done;
}
