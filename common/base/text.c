/*
 * text.c - see text.h.
 */
#include "base/text.h"

enum { DISTANCE_SIZE_MAX = 64 };

int text_compare(struct text left, struct text right)
{
    size_t shared = left.size < right.size ? left.size : right.size;
    int order = shared == 0 ? 0 : memcmp(left.data, right.data, shared);

    if (order != 0)
        return order;
    return (left.size > right.size) - (left.size < right.size);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct text text_trim(struct text text)
{
    while (text.size > 0 && is_blank(text.data[0])) {
        text.data++;
        text.size--;
    }
    while (text.size > 0 && is_blank(text.data[text.size - 1]))
        text.size--;
    return text;
}

bool string_has_words(const char *string)
{
    return string != NULL && text_trim(text_of(string)).size > 0;
}

struct text text_from(struct text text, size_t start)
{
    start = start < text.size ? start : text.size;
    return start == 0 ? text : (struct text){text.data + start, text.size - start};
}

struct text text_first(struct text text, size_t size)
{
    return (struct text){text.data, size < text.size ? size : text.size};
}

struct text text_cut(struct text text, size_t size)
{
    if (text.size <= size)
        return text;
    for (int i = 0; i < 3 && size > 0 && ((unsigned char)text.data[size] & 0xC0) == 0x80; i++)
        size--;
    return text_first(text, size);
}

struct text text_take(struct text *text, char end)
{
    const char *at = text->size == 0 ? NULL : memchr(text->data, end, text->size);
    struct text taken = at == NULL ? *text : text_first(*text, (size_t)(at - text->data));

    *text = text_from(*text, taken.size + 1);
    return taken;
}

bool text_has_digits(struct text text, size_t count)
{
    if (text.size < count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    return true;
}

bool text_to_int64(struct text text, int64_t *ret_value)
{
    bool negative = text.size > 0 && text.data[0] == '-';
    int64_t value = 0;

    if (text.size == (negative ? 1 : 0))
        return false;
    for (size_t i = negative ? 1 : 0; i < text.size; i++) {
        int digit = text.data[i] - '0';

        if (digit < 0 || digit > 9 || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, digit, &value))
            return false;
    }
    if (!negative && value == INT64_MIN)
        return false;
    *ret_value = negative ? value : -value;
    return true;
}

bool text_copy(struct text text, char *destination, size_t size)
{
    size_t copied = text.size < size ? text.size : size - 1;

    assert(size > 0);
    if (copied > 0)
        memcpy(destination, text.data, copied);
    destination[copied] = '\0';
    return copied == text.size;
}

void text_show(struct text text, char *destination, size_t size)
{
    text_copy(text_cut(text, size - 1), destination, size);
    for (char *at = destination; *at != '\0'; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = '?';
}

/* Bytes of the sequence that begins at bytes[0], 0 where it is malformed. */
static size_t utf8_sequence(const unsigned char *bytes, size_t left)
{
    unsigned char lead = bytes[0];
    size_t size = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;

    if (size == 0 || lead > 0xF4 || size > left)
        return 0;
    for (size_t i = 1; i < size; i++)
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
    if ((lead == 0xE0 && bytes[1] < 0xA0) || (lead == 0xED && bytes[1] > 0x9F) ||
        (lead == 0xF0 && bytes[1] < 0x90) || (lead == 0xF4 && bytes[1] > 0x8F))
        return 0;
    return size;
}

bool text_is_utf8(struct text text)
{
    const unsigned char *bytes = (const unsigned char *)text.data;
    size_t at = 0;

    while (at < text.size) {
        size_t size = utf8_sequence(bytes + at, text.size - at);

        if (size == 0)
            return false;
        at += size;
    }
    return true;
}

static size_t least(size_t a, size_t b, size_t c)
{
    size_t smaller = a < b ? a : b;

    return smaller < c ? smaller : c;
}

size_t text_distance(struct text left, struct text right, size_t limit)
{
    size_t row[DISTANCE_SIZE_MAX + 1];

    if (left.size > DISTANCE_SIZE_MAX || right.size > DISTANCE_SIZE_MAX)
        return limit + 1;
    for (size_t j = 0; j <= right.size; j++)
        row[j] = j;
    for (size_t i = 1; i <= left.size; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= right.size; j++) {
            size_t above = row[j];
            size_t change = left.data[i - 1] == right.data[j - 1] ? 0 : 1;

            row[j] = least(above + 1, row[j - 1] + 1, diagonal + change);
            diagonal = above;
        }
    }
    return row[right.size] > limit ? limit + 1 : row[right.size];
}
