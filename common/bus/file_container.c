/*
 * file_container.c - Avro object containers; see file_reader.h and codec/avro/container.h.
 *
 * A record goes on in the wire format of codec/avro/frame.h, as a broker's would: under the id that
 * the allow-list gives the container's schema, or under 0 where it gives none.
 */
#include "bus/file_work.h"
#include "codec/avro/decode.h"
#include "codec/avro/frame.h"

enum { HEADER_PIECE = 64 * 1024 };

static enum reader_answer partial(struct file_reader *reader)
{
    if (!reader->settings.complete)
        return READER_END;                       /* more may come */
    return reader_break(reader, "file_cut_off"); /* (3) */
}

/* More of the file: READER_RECORD when the rest holds needed bytes, and is worth another look. */
static enum reader_answer rest_grow(struct file_reader *reader, size_t needed, struct error *error)
{
    if (!piece_fill(reader, needed, error))
        return READER_FAILED;
    return reader->at_end && piece_rest(reader).size < needed ? partial(reader) : READER_RECORD;
}

/* ---- the header ---- */

static enum reader_answer schema_use(struct file_reader *reader)
{
    struct error ignored;

    buffer_text(&reader->schema_text, reader->container.schema);
    if (avro_schema_read(buffer_view(&reader->schema_text), &ignored, &reader->schema) != OK)
        return reader_break(reader, "file_schema_unreadable");
    reader->is_listed =
        reader->settings.find(reader->settings.find_user, buffer_view(&reader->schema_text),
                              &reader->schema_id);
    reader->container.schema = buffer_view(&reader->schema_text);
    reader->used += reader->container.size;
    reader->form = FORM_AVRO;
    return READER_RECORD;
}

enum reader_answer container_recognise(struct file_reader *reader, struct error *error)
{
    for (;;) {
        enum reader_answer answer;
        size_t needed;

        switch (container_header_read(piece_rest(reader), &reader->container, &needed)) {
        case CONTAINER_WHOLE: return schema_use(reader);
        case CONTAINER_DAMAGED: return reader_break(reader, "file_damaged");
        case CONTAINER_PARTIAL: break;
        }
        answer = rest_grow(reader, needed, error);
        if (answer != READER_RECORD)
            return answer;
    }
}

/* ---- blocks ---- */

/* (3): every record of the block is looked at before the first is given. */
static bool block_is_sound(const struct file_reader *reader, struct text records, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        size_t size;

        if (!decode_extent(avro_schema_root(reader->schema), records, &size))
            return false;
        records = (struct text){records.data + size, records.size - size};
    }
    return records.size == 0;
}

static enum reader_answer block_open(struct file_reader *reader,
                                     const struct container_block *block)
{
    struct text records;

    if (!container_unpack(reader->container.codec, block, &reader->plain, &records) ||
        !block_is_sound(reader, records, block->count))
        return reader_break(reader, "file_damaged");
    reader->records = records;
    reader->block_at = piece_place(reader);
    reader->block_next = 0;
    reader->block_count = block->count;
    reader->block_size = block->size;
    return READER_RECORD;
}

/* The block the piece begins with, whole in the piece. */
static enum reader_answer block_look(struct file_reader *reader, struct error *error,
                                     struct container_block *ret_block)
{
    for (;;) {
        enum reader_answer answer;
        size_t needed;

        if (piece_rest(reader).size == 0 && !piece_fill(reader, 1, error))
            return READER_FAILED;
        if (piece_rest(reader).size == 0)
            return READER_END;
        switch (container_block_read(&reader->container, piece_rest(reader), ret_block, &needed)) {
        case CONTAINER_WHOLE: return READER_RECORD;
        case CONTAINER_DAMAGED: return reader_break(reader, "file_damaged");
        case CONTAINER_PARTIAL: break;
        }
        answer = rest_grow(reader, needed, error);
        if (answer != READER_RECORD)
            return answer;
    }
}

static enum reader_answer block_next(struct file_reader *reader, struct error *error)
{
    struct container_block block;
    enum reader_answer answer = block_look(reader, error, &block);

    return answer == READER_RECORD ? block_open(reader, &block) : answer;
}

static void block_close(struct file_reader *reader)
{
    reader->used += reader->block_size;
    reader->block_size = 0;
    reader->block_count = 0;
    reader->block_next = 0;
}

/* ---- records ---- */

static struct text record_cut(struct file_reader *reader)
{
    size_t size = 0;
    bool follows = decode_extent(avro_schema_root(reader->schema), reader->records, &size);
    struct text body = {reader->records.data, size};

    assert(follows); /* block_is_sound */
    reader->records = (struct text){body.data + size, reader->records.size - size};
    reader->block_next++;
    return body;
}

/* Framed; one beyond the ceiling is cut behind it, so that it is refused as oversized (2). */
static struct text record_frame(struct file_reader *reader, struct text body)
{
    unsigned char frame[FRAME_HEADER_SIZE];

    if (body.size > MESSAGE_SIZE_MAX)
        body.size = MESSAGE_SIZE_MAX;
    frame_write(reader->is_listed ? reader->schema_id : 0, frame);
    buffer_clear(&reader->value);
    buffer_append(&reader->value, frame, sizeof frame);
    buffer_text(&reader->value, body);
    assert(!buffer_failed(&reader->value));
    return buffer_view(&reader->value);
}

enum reader_answer container_next(struct file_reader *reader, struct error *error,
                                  struct record *ret_record)
{
    while (reader->block_next == reader->block_count) {
        enum reader_answer answer;

        block_close(reader);
        answer = block_next(reader, error);
        if (answer != READER_RECORD)
            return answer;
    }
    ret_record->offset = reader->block_at + reader->block_next;
    ret_record->value = record_frame(reader, record_cut(reader));
    return READER_RECORD;
}

/* ---- places ---- */

static enum reader_answer block_seek(struct file_reader *reader, int64_t number)
{
    if (number >= reader->block_count)
        return reader_break(reader, "file_replaced"); /* (4) */
    while (reader->block_next < number)
        record_cut(reader);
    return READER_RECORD;
}

/* Blocks are passed over until the one that holds the place. */
enum reader_answer container_seek(struct file_reader *reader, int64_t at, struct error *error)
{
    if (at < piece_place(reader))
        return reader_break(reader, "file_replaced");
    while (at != piece_place(reader)) {
        struct container_block block;
        enum reader_answer answer = block_look(reader, error, &block);

        if (answer == READER_END)
            return reader_break(reader, "file_replaced");
        if (answer != READER_RECORD)
            return answer;
        if (at < piece_place(reader) + (int64_t)block.size) {
            answer = block_open(reader, &block);
            return answer == READER_RECORD ? block_seek(reader, at - reader->block_at) : answer;
        }
        reader->used += block.size;
    }
    return READER_RECORD;
}
