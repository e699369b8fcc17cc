/*
 * decode.c - see decode.h. The numbers in brackets are its invariants.
 */
#include "codec/avro/decode.h"

struct cursor {
    const unsigned char *at;
    const unsigned char *end;
    int work;      /* values that may still be skipped (2) */
    bool any_text; /* where a record ends is asked, not what it says: strings of any bytes */
};

static size_t bytes_left(const struct cursor *cursor)
{
    return (size_t)(cursor->end - cursor->at);
}

/* (1): at most 10 bytes, the last of them 0 or 1. */
static bool read_varint_slow(struct cursor *cursor, uint64_t *ret_value)
{
    uint64_t value = 0;

    for (int shift = 0; shift < 64 && cursor->at < cursor->end; shift += 7) {
        unsigned char byte = *cursor->at++;

        if (shift == 63 && byte > 1)
            return false;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *ret_value = value;
            return true;
        }
    }
    return false;
}

static inline bool read_long(struct cursor *cursor, int64_t *ret_value)
{
    uint64_t value;

    if (cursor->at < cursor->end && *cursor->at < 0x80)
        value = *cursor->at++;
    else if (!read_varint_slow(cursor, &value))
        return false;
    *ret_value = (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
    return true;
}

static bool read_int(struct cursor *cursor, int64_t *ret_value)
{
    return read_long(cursor, ret_value) && *ret_value >= INT32_MIN && *ret_value <= INT32_MAX;
}

/* A number below count: of a union's branch or an enum's symbol. */
static inline bool read_index(struct cursor *cursor, size_t count, size_t *ret_index)
{
    int64_t value;

    if (!read_long(cursor, &value) || value < 0 || (uint64_t)value >= count)
        return false;
    *ret_index = (size_t)value;
    return true;
}

static inline bool read_raw(struct cursor *cursor, size_t size, struct text *ret_bytes)
{
    if (size > bytes_left(cursor))
        return false;
    *ret_bytes = (struct text){(const char *)cursor->at, size};
    cursor->at += size;
    return true;
}

static inline bool read_bytes(struct cursor *cursor, struct text *ret_bytes)
{
    int64_t size;

    return read_long(cursor, &size) && size >= 0 && (uint64_t)size <= bytes_left(cursor) &&
           read_raw(cursor, (size_t)size, ret_bytes);
}

static bool skip_node(struct cursor *cursor, const struct schema_node *node, int depth);

static bool skip_boolean(struct cursor *cursor)
{
    struct text byte;

    return read_raw(cursor, 1, &byte) && (unsigned char)byte.data[0] <= 1;
}

static bool skip_string(struct cursor *cursor)
{
    struct text text;

    return read_bytes(cursor, &text) && (cursor->any_text || text_is_utf8(text));
}

static bool skip_record(struct cursor *cursor, const struct schema_node *node, int depth)
{
    for (size_t i = 0; i < node->count; i++)
        if (!skip_node(cursor, node->fields[i].node, depth))
            return false;
    return true;
}

static bool skip_union(struct cursor *cursor, const struct schema_node *node, int depth)
{
    size_t index;

    return read_index(cursor, node->count, &index) &&
           skip_node(cursor, node->branches[index], depth);
}

/* The head of a block. *ret_end is where it has to end, NULL where it did not say. */
static bool read_block(struct cursor *cursor, int64_t *ret_count, const unsigned char **ret_end)
{
    int64_t count;
    int64_t size;

    if (!read_long(cursor, &count) || count == INT64_MIN)
        return false;
    *ret_end = NULL;
    *ret_count = count < 0 ? -count : count;
    if (count >= 0)
        return true;
    if (!read_long(cursor, &size) || size < 0 || (uint64_t)size > bytes_left(cursor))
        return false;
    *ret_end = cursor->at + size;
    return true;
}

/* Arrays, and maps as arrays of a string and a value. */
static bool skip_blocks(struct cursor *cursor, const struct schema_node *node, int depth)
{
    int64_t total = 0;

    for (;;) {
        int64_t count;
        const unsigned char *end;

        if (!read_block(cursor, &count, &end))
            return false;
        if (count == 0)
            return end == NULL || end == cursor->at;
        if (count > DECODE_ITEM_MAX - total)
            return false; /* (2) */
        total += count;
        for (int64_t i = 0; i < count; i++) {
            if (node->type == SCHEMA_MAP && !skip_string(cursor))
                return false;
            if (!skip_node(cursor, node->items, depth))
                return false;
        }
        if (end != NULL && end != cursor->at)
            return false; /* (1) */
    }
}

static bool skip_node(struct cursor *cursor, const struct schema_node *node, int depth)
{
    struct text bytes;
    int64_t number;
    size_t index;

    if (depth >= DECODE_DEPTH_MAX || --cursor->work < 0)
        return false; /* (2) */
    switch (node->type) {
    case SCHEMA_NULL: return true;
    case SCHEMA_BOOLEAN: return skip_boolean(cursor);
    case SCHEMA_INT: return read_int(cursor, &number);
    case SCHEMA_LONG: return read_long(cursor, &number);
    case SCHEMA_FLOAT: return read_raw(cursor, 4, &bytes);
    case SCHEMA_DOUBLE: return read_raw(cursor, 8, &bytes);
    case SCHEMA_BYTES: return read_bytes(cursor, &bytes);
    case SCHEMA_STRING: return skip_string(cursor);
    case SCHEMA_FIXED: return read_raw(cursor, node->size, &bytes);
    case SCHEMA_ENUM: return read_index(cursor, node->symbols.count, &index);
    case SCHEMA_ARRAY:
    case SCHEMA_MAP: return skip_blocks(cursor, node, depth + 1);
    case SCHEMA_UNION: return skip_union(cursor, node, depth + 1);
    case SCHEMA_RECORD: return skip_record(cursor, node, depth + 1);
    }
    assert(false);
    return false;
}

/* Two's complement, big-endian, without leading bytes that only repeat the sign. */
static struct text strip_sign(struct text bytes)
{
    const unsigned char *data = (const unsigned char *)bytes.data;
    size_t from = 0;

    while (from + 1 < bytes.size && ((data[from] == 0x00 && data[from + 1] < 0x80) ||
                                     (data[from] == 0xff && data[from + 1] >= 0x80)))
        from++;
    return (struct text){bytes.data + from, bytes.size - from};
}

/* Two's complement, big-endian; nearly every amount fits 64 bits, which shift much faster. */
static __int128 decimal_of(struct text bytes)
{
    const unsigned char *data = (const unsigned char *)bytes.data;
    uint64_t narrow = data[0] >= 0x80 ? ~UINT64_C(0) : 0;
    unsigned __int128 wide = data[0] >= 0x80 ? ~(unsigned __int128)0 : 0;

    if (bytes.size <= sizeof narrow) {
        for (size_t i = 0; i < bytes.size; i++)
            narrow = narrow << 8 | data[i];
        return (int64_t)narrow;
    }
    for (size_t i = 0; i < bytes.size; i++)
        wide = wide << 8 | data[i];
    return (__int128)wide;
}

/* A decimal of no bytes is no number; one beyond its own precision has excess digits. */
static enum reason take_decimal(const struct step *step, struct text bytes, struct slot *slot)
{
    if (bytes.size == 0)
        return REASON_AVRO_MALFORMED;
    bytes = strip_sign(bytes);
    slot->form = SLOT_OVERFLOW;
    if (bytes.size > sizeof(__int128))
        return REASON_NONE;
    slot->decimal = decimal_of(bytes);
    if (slot->decimal >= step->bound || slot->decimal <= -step->bound)
        return REASON_NONE;
    slot->form = SLOT_DECIMAL;
    slot->scale = step->scale;
    return REASON_NONE;
}

static enum reason take_time(const struct step *step, int64_t value, struct slot *slot)
{
    slot->form = SLOT_NUMBER;
    slot->number = value;
    if (step->op == STEP_TIME_MS && __builtin_mul_overflow(value, 1000, &slot->number))
        slot->form = SLOT_OVERFLOW;
    return REASON_NONE;
}

static enum reason take_bytes(struct cursor *cursor, enum slot_form form, size_t size,
                              struct slot *slot)
{
    if (!read_raw(cursor, size, &slot->text))
        return REASON_AVRO_MALFORMED;
    slot->form = form;
    return REASON_NONE;
}

static inline enum reason take_text(struct cursor *cursor, struct slot *slot)
{
    if (!read_bytes(cursor, &slot->text))
        return REASON_AVRO_MALFORMED;
    slot->form = SLOT_TEXT;
    return REASON_NONE;
}

static enum reason take_symbol(struct cursor *cursor, const struct step *step, struct slot *slot)
{
    size_t index;

    if (!read_index(cursor, step->count, &index))
        return REASON_AVRO_MALFORMED;
    if (step->numbers[index] == 0)
        return REASON_SCHEMA_UNREADABLE;
    slot->form = SLOT_NUMBER;
    slot->number = step->numbers[index];
    return REASON_NONE;
}

/* Any step but a union. */
static inline enum reason run_step(const struct step *step, struct cursor *cursor,
                                   struct slot *slots)
{
    struct slot *slot = &slots[step->column];
    struct text bytes;
    int64_t number;
    bool read;

    switch (step->op) {
    case STEP_TEXT: return take_text(cursor, slot);
    case STEP_NULL: return REASON_NONE;
    case STEP_ENUM: return take_symbol(cursor, step, slot);
    case STEP_DECIMAL:
        read = read_bytes(cursor, &bytes);
        return read ? take_decimal(step, bytes, slot) : REASON_AVRO_MALFORMED;
    case STEP_DECIMAL_FIXED:
        read = read_raw(cursor, step->count, &bytes);
        return read ? take_decimal(step, bytes, slot) : REASON_AVRO_MALFORMED;
    case STEP_TIME_US:
    case STEP_TIME_MS:
        read = read_long(cursor, &number);
        return read ? take_time(step, number, slot) : REASON_AVRO_MALFORMED;
    case STEP_TIME_INT:
        read = read_int(cursor, &number);
        return read ? take_time(step, number, slot) : REASON_AVRO_MALFORMED;
    case STEP_UUID_FIXED: return take_bytes(cursor, SLOT_UUID, step->count, slot);
    case STEP_SKIP: return skip_node(cursor, step->node, 0) ? REASON_NONE : REASON_AVRO_MALFORMED;
    case STEP_REFUSE: return REASON_SCHEMA_UNREADABLE;
    case STEP_UNION: break;
    }
    assert(false);
    return REASON_AVRO_MALFORMED;
}

static void take_fallbacks(const struct plan *plan, struct slot *slots)
{
    for (size_t i = 0; i < plan->columns->count; i++) {
        if ((plan->fallbacks & UINT32_C(1) << i) == 0)
            continue;
        slots[i].form = SLOT_TEXT;
        slots[i].text = text_of(plan->columns->columns[i].fallback);
    }
}

enum reason decode_run(const struct plan *plan, struct text body, struct slot *slots)
{
    const unsigned char *bytes = (const unsigned char *)body.data;
    struct cursor cursor = {bytes, bytes + body.size, DECODE_WORK_MAX, false};

    memset(slots, 0, plan->columns->count * sizeof *slots);
    if (plan->fallbacks != 0)
        take_fallbacks(plan, slots);
    for (size_t i = 0; i < plan->step_count; i++) {
        const struct step *step = &plan->steps[i];
        enum reason reason;

        if (step->op == STEP_UNION) {
            size_t branch;

            if (!read_index(&cursor, step->count, &branch))
                return REASON_AVRO_MALFORMED;
            i += step->count; /* the branch steps follow: all passed, one run */
            step += 1 + branch;
        }
        reason = run_step(step, &cursor, slots);
        if (reason != REASON_NONE)
            return reason;
    }
    return cursor.at == cursor.end ? REASON_NONE : REASON_AVRO_MALFORMED; /* (3) */
}

bool decode_extent(const struct schema_node *root, struct text bytes, size_t *ret_size)
{
    const unsigned char *begin = (const unsigned char *)bytes.data;
    struct cursor cursor = {begin, begin + bytes.size, DECODE_WORK_MAX, true};

    if (!skip_node(&cursor, root, 0))
        return false;
    *ret_size = (size_t)(cursor.at - begin);
    return true;
}
