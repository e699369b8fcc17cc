/*
 * leaf.c - see leaf.h.
 */
#include "domain/leaf.h"

#include <endian.h>

enum { LEAF_RANGES_MAX = 4096 };

static void field_text(struct buffer *buffer, struct text text)
{
    assert(text.size <= UINT32_MAX);
    buffer_be32(buffer, (uint32_t)text.size);
    buffer_text(buffer, text);
}

static void field_int64(struct buffer *buffer, int64_t value)
{
    buffer_be32(buffer, sizeof value);
    buffer_be64(buffer, (uint64_t)value);
}

static void field_digest(struct buffer *buffer, const struct digest *digest)
{
    buffer_be32(buffer, SHA256_SIZE);
    buffer_append(buffer, digest->bytes, SHA256_SIZE);
}

static void range_encode(const struct leaf_range *range, struct buffer *buffer)
{
    field_text(buffer, range->source);
    field_int64(buffer, range->partition);
    field_int64(buffer, range->epoch);
    field_int64(buffer, range->first_offset);
    field_int64(buffer, range->next_offset);
    field_digest(buffer, &range->records_root);
}

void leaf_encode(const struct leaf *leaf, struct buffer *buffer)
{
    assert_leaf_state(leaf);
    field_text(buffer, TEXT(LEAF_FORMAT));
    field_int64(buffer, leaf->commit_id);
    field_text(buffer, leaf->action);
    field_text(buffer, leaf->worker);
    field_text(buffer, leaf->actor);
    field_int64(buffer, leaf->instant_us);
    field_int64(buffer, (int64_t)leaf->range_count);
    for (size_t i = 0; i < leaf->range_count; i++)
        range_encode(&leaf->ranges[i], buffer);
    field_digest(buffer, &leaf->effects);
}

struct digest leaf_hash(struct text bytes)
{
    const struct text parts[] = {{"\0", 1}, bytes};

    return sha256_parts(parts, COUNT_OF(parts));
}

/* ---- reading, to verify ---- */

/* Takes the next field off *rest. False: its size is not within the bytes. */
static bool field_take(struct text *rest, struct text *ret_field)
{
    uint32_t size;

    if (rest->size < sizeof size)
        return false;
    memcpy(&size, rest->data, sizeof size);
    size = be32toh(size);
    if (size > rest->size - sizeof size)
        return false;
    *ret_field = (struct text){rest->data + sizeof size, size};
    rest->data += sizeof size + size;
    rest->size -= sizeof size + size;
    return true;
}

static bool field_take_int64(struct text *rest, int64_t *ret_value)
{
    struct text field;
    uint64_t value;

    if (!field_take(rest, &field) || field.size != sizeof value)
        return false;
    memcpy(&value, field.data, sizeof value);
    *ret_value = (int64_t)be64toh(value);
    return true;
}

/* Everything up to the ranges, of which *ret_count follow. */
static bool head_take(struct text *rest, int64_t commit_id, int64_t *ret_count)
{
    struct text text;
    int64_t number = 0;

    if (!field_take(rest, &text) || !text_is(text, LEAF_FORMAT))
        return false;
    if (!field_take_int64(rest, &number) || number != commit_id)
        return false;
    for (int i = 0; i < 3; i++) /* action, worker, actor */
        if (!field_take(rest, &text))
            return false;
    return field_take_int64(rest, &number) && field_take_int64(rest, ret_count) &&
           *ret_count >= 0 && *ret_count <= LEAF_RANGES_MAX;
}

/* The bytes of one range, whatever they say. */
static bool range_take(struct text *rest, struct text *ret_range)
{
    const char *begin = rest->data;
    struct text field;

    for (int i = 0; i < 6; i++)
        if (!field_take(rest, &field))
            return false;
    *ret_range = (struct text){begin, (size_t)(rest->data - begin)};
    return true;
}

bool leaf_covers(struct text bytes, int64_t commit_id, const struct leaf_range *range)
{
    struct buffer wanted;
    struct text field;
    int64_t count = 0;
    bool found = false;
    bool whole = head_take(&bytes, commit_id, &count);

    buffer_init(&wanted, 4096);
    range_encode(range, &wanted);
    for (int64_t i = 0; whole && i < count; i++) {
        whole = range_take(&bytes, &field);
        found = found || (whole && text_equal(field, buffer_view(&wanted)));
    }
    whole = whole && field_take(&bytes, &field) && field.size == SHA256_SIZE && bytes.size == 0;
    found = found && !buffer_failed(&wanted);
    buffer_done(&wanted);
    return whole && found;
}

void leaf_source(const char *kind, struct text cluster_id, struct text topic, int32_t generation,
                 struct buffer *buffer)
{
    buffer_format(buffer, "%s/%.*s/%.*s/%d", kind, TEXT_ARG(cluster_id), TEXT_ARG(topic),
                  generation);
}

static int range_compare(const struct leaf_range *left, const struct leaf_range *right)
{
    int order = text_compare(left->source, right->source);

    if (order != 0)
        return order;
    return (left->partition > right->partition) - (left->partition < right->partition);
}

void assert_leaf_state(const struct leaf *leaf)
{
    assert(leaf->commit_id > 0);
    assert(leaf->action.size > 0);
    assert(leaf->worker.size > 0);
    assert(leaf->actor.size == 0 || leaf->actor.size == 2 * SHA256_SIZE); /* (3) */
    assert(leaf->range_count <= LEAF_RANGES_MAX);
    for (size_t i = 0; i < leaf->range_count; i++) {
        assert(leaf->ranges[i].next_offset > leaf->ranges[i].first_offset); /* (2) */
        assert(i == 0 || range_compare(&leaf->ranges[i - 1], &leaf->ranges[i]) < 0);
    }
}

/* ---- effects ---- */

static void add_size(struct effects *effects, uint32_t size)
{
    size = htobe32(size);
    sha256_add(effects->sha256, &size, sizeof size);
}

void effects_init(struct effects *effects)
{
    effects->sha256 = sha256_new();
    sha256_begin(effects->sha256);
}

void effects_done(struct effects *effects)
{
    sha256_free(effects->sha256);
    effects->sha256 = NULL;
}

void effects_text(struct effects *effects, struct text value)
{
    assert(value.size < UINT32_MAX);
    add_size(effects, (uint32_t)value.size);
    sha256_add(effects->sha256, value.data, value.size);
}

void effects_int64(struct effects *effects, int64_t value)
{
    uint64_t big = htobe64((uint64_t)value);

    effects_text(effects, (struct text){(const char *)&big, sizeof big});
}

void effects_null(struct effects *effects)
{
    add_size(effects, UINT32_MAX); /* as PostgreSQL's COPY says it */
}

void effects_row(struct effects *effects, const char *table, size_t value_count)
{
    effects_text(effects, text_of(table));
    effects_int64(effects, (int64_t)value_count);
}

void effects_copy_begin(struct effects *effects, const char *table, size_t size)
{
    assert(size < UINT32_MAX);
    effects_text(effects, text_of(table));
    add_size(effects, (uint32_t)size);
}

void effects_copy_add(struct effects *effects, struct text piece)
{
    sha256_add(effects->sha256, piece.data, piece.size);
}

void effects_copy(struct effects *effects, const char *table, struct text tuples)
{
    effects_copy_begin(effects, table, tuples.size);
    effects_copy_add(effects, tuples);
}

struct digest effects_end(struct effects *effects)
{
    struct digest digest;

    sha256_end(effects->sha256, &digest);
    return digest;
}
