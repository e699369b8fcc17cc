/*
 * buffer.h - bytes that grow up to a ceiling.
 *
 * (1) size <= capacity <= max.
 * (2) Once an append did not fit (ceiling or memory), failed stays true and every
 *     later append does nothing: build first, ask buffer_failed() once.
 *
 *   struct buffer buffer;
 *   buffer_init(&buffer, 64 * 1024);
 *   buffer_append(&buffer, data, size); ...
 *   if (buffer_failed(&buffer)) ...
 *   buffer_done(&buffer);
 *
 * buffer_clear keeps the memory for the next use; buffer_done frees it.
 */
#ifndef SAWA_BASE_BUFFER_H
#define SAWA_BASE_BUFFER_H

#include "base/text.h"

struct buffer {
    char *data;
    size_t size;
    size_t capacity;
    size_t max;
    bool failed;
};

void buffer_init(struct buffer *buffer, size_t max);
void buffer_done(struct buffer *buffer); /* NULL and half-built are fine */
void buffer_clear(struct buffer *buffer);

/* Gives memory beyond capacity back to the system. The buffer must be empty. */
void buffer_trim(struct buffer *buffer, size_t capacity);

/* Room for size more bytes, as a place to write to; buffer_commit then makes them count.
 * NULL once failed. */
char *buffer_reserve(struct buffer *buffer, size_t size);
void buffer_commit(struct buffer *buffer, size_t size);

void buffer_append(struct buffer *buffer, const void *data, size_t size);
void buffer_text(struct buffer *buffer, struct text text);
void buffer_string(struct buffer *buffer, const char *terminated);
void buffer_byte(struct buffer *buffer, unsigned char byte);
void buffer_utf8(struct buffer *buffer, uint32_t point); /* at most 0x10FFFF */
void buffer_format(struct buffer *buffer, const char *format, ...) printf_like(2, 3);

/* Big-endian integers, as PostgreSQL's binary COPY and our canonical bytes want them. */
void buffer_be16(struct buffer *buffer, uint16_t value);
void buffer_be32(struct buffer *buffer, uint32_t value);
void buffer_be64(struct buffer *buffer, uint64_t value);

/* A JSON string with quotes and escapes (RFC 8259 section 7). Bytes must be UTF-8. */
void buffer_json(struct buffer *buffer, struct text text);

/* A field of CSV in quotes (RFC 4180). A text that a spreadsheet would take for a formula (it
 * begins with = + - @ TAB CR) gets an apostrophe in front: texts come from outside. */
void buffer_csv(struct buffer *buffer, struct text text);

static inline bool buffer_failed(const struct buffer *buffer)
{
    return buffer->failed;
}

static inline struct text buffer_view(const struct buffer *buffer)
{
    return (struct text){buffer->data, buffer->size};
}

void assert_buffer_state(const struct buffer *buffer); /* (1) */

#endif
