/*
 * buffer.c - see buffer.h.
 */
#include "base/buffer.h"

#include <endian.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { CAPACITY_MIN = 256 };

void assert_buffer_state(const struct buffer *buffer)
{
    assert(buffer->size <= buffer->capacity);
    assert(buffer->capacity <= buffer->max);
    assert(buffer->data != NULL || buffer->capacity == 0);
}

void buffer_init(struct buffer *buffer, size_t max)
{
    *buffer = (struct buffer){.max = max};
}

void buffer_done(struct buffer *buffer)
{
    if (buffer == NULL)
        return;
    free(buffer->data);
    *buffer = (struct buffer){.max = buffer->max};
}

void buffer_clear(struct buffer *buffer)
{
    buffer->size = 0;
    buffer->failed = false;
}

void buffer_trim(struct buffer *buffer, size_t capacity)
{
    char *data;

    assert(buffer->size == 0 && capacity > 0);
    if (buffer->capacity <= capacity)
        return;
    data = realloc(buffer->data, capacity);
    if (data == NULL)
        return; /* then it stays as large as it was */
    buffer->data = data;
    buffer->capacity = capacity;
}

/* Doubles towards what is needed, never past max. */
static bool buffer_grow(struct buffer *buffer, size_t needed)
{
    size_t capacity = buffer->capacity < CAPACITY_MIN ? CAPACITY_MIN : buffer->capacity;
    char *data;

    while (capacity < needed)
        capacity = capacity > buffer->max / 2 ? buffer->max : capacity * 2;
    if (capacity > buffer->max)
        capacity = buffer->max;
    data = realloc(buffer->data, capacity);
    if (data == NULL)
        return false;
    buffer->data = data;
    buffer->capacity = capacity;
    return true;
}

char *buffer_reserve(struct buffer *buffer, size_t size)
{
    if (buffer->failed)
        return NULL;
    if (size <= buffer->capacity - buffer->size)
        return buffer->data + buffer->size;
    if (size > buffer->max - buffer->size || !buffer_grow(buffer, buffer->size + size)) {
        buffer->failed = true;
        return NULL;
    }
    assert_buffer_state(buffer);
    return buffer->data + buffer->size;
}

void buffer_commit(struct buffer *buffer, size_t size)
{
    assert(size <= buffer->capacity - buffer->size);
    buffer->size += size;
}

void buffer_append(struct buffer *buffer, const void *data, size_t size)
{
    char *place = size == 0 ? NULL : buffer_reserve(buffer, size);

    if (place == NULL)
        return;
    memcpy(place, data, size);
    buffer->size += size;
}

void buffer_text(struct buffer *buffer, struct text text)
{
    buffer_append(buffer, text.data, text.size);
}

void buffer_string(struct buffer *buffer, const char *terminated)
{
    buffer_append(buffer, terminated, strlen(terminated));
}

void buffer_byte(struct buffer *buffer, unsigned char byte)
{
    buffer_append(buffer, &byte, 1);
}

void buffer_utf8(struct buffer *buffer, uint32_t point)
{
    assert(point <= 0x10FFFF);
    if (point < 0x80) {
        buffer_byte(buffer, (unsigned char)point);
        return;
    }
    if (point >= 0x10000) {
        buffer_byte(buffer, (unsigned char)(0xF0 | point >> 18));
        buffer_byte(buffer, (unsigned char)(0x80 | (point >> 12 & 0x3F)));
    } else if (point >= 0x800) {
        buffer_byte(buffer, (unsigned char)(0xE0 | point >> 12));
    }
    if (point >= 0x800)
        buffer_byte(buffer, (unsigned char)(0x80 | (point >> 6 & 0x3F)));
    else
        buffer_byte(buffer, (unsigned char)(0xC0 | point >> 6));
    buffer_byte(buffer, (unsigned char)(0x80 | (point & 0x3F)));
}

void buffer_format(struct buffer *buffer, const char *format, ...)
{
    char small[512];
    char *place = small;
    va_list arguments;
    int size;

    va_start(arguments, format);
    size = vsnprintf(small, sizeof small, format, arguments);
    va_end(arguments);
    assert(size >= 0);
    if ((size_t)size < sizeof small) {
        buffer_append(buffer, small, (size_t)size);
        return;
    }
    place = buffer_reserve(buffer, (size_t)size + 1);
    if (place == NULL)
        return;
    va_start(arguments, format);
    vsnprintf(place, (size_t)size + 1, format, arguments);
    va_end(arguments);
    buffer->size += (size_t)size;
}

void buffer_be16(struct buffer *buffer, uint16_t value)
{
    value = htobe16(value);
    buffer_append(buffer, &value, sizeof value);
}

void buffer_be32(struct buffer *buffer, uint32_t value)
{
    value = htobe32(value);
    buffer_append(buffer, &value, sizeof value);
}

void buffer_be64(struct buffer *buffer, uint64_t value)
{
    value = htobe64(value);
    buffer_append(buffer, &value, sizeof value);
}

static void json_escape(struct buffer *buffer, unsigned char byte)
{
    switch (byte) {
    case '"':  buffer_string(buffer, "\\\""); break;
    case '\\': buffer_string(buffer, "\\\\"); break;
    case '\n': buffer_string(buffer, "\\n"); break;
    case '\r': buffer_string(buffer, "\\r"); break;
    case '\t': buffer_string(buffer, "\\t"); break;
    default:   buffer_format(buffer, "\\u%04x", byte); break;
    }
}

void buffer_json(struct buffer *buffer, struct text text)
{
    size_t plain = 0;

    buffer_byte(buffer, '"');
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];

        if (byte >= 0x20 && byte != '"' && byte != '\\')
            continue;
        buffer_append(buffer, text.data + plain, i - plain);
        json_escape(buffer, byte);
        plain = i + 1;
    }
    buffer_append(buffer, text.data + plain, text.size - plain);
    buffer_byte(buffer, '"');
}

static bool looks_like_a_formula(struct text text)
{
    return text.size > 0 && text.data[0] != '\0' && strchr("=+-@\t\r", text.data[0]) != NULL;
}

void buffer_csv(struct buffer *buffer, struct text text)
{
    buffer_byte(buffer, '"');
    if (looks_like_a_formula(text))
        buffer_byte(buffer, '\'');
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '"')
            buffer_byte(buffer, '"');
        buffer_byte(buffer, (unsigned char)text.data[i]);
    }
    buffer_byte(buffer, '"');
}
