/*
 * file_work.h - what the parts of a file reader share: the piece of the file they look at; nobody
 * else includes it.
 *
 *   file    |..........|=======used=======|----rest----|..........|
 *                      ^ piece_at                      ^ piece_at + piece.size
 */
#ifndef SAWA_BUS_FILE_WORK_H
#define SAWA_BUS_FILE_WORK_H

#include "bus/file_reader.h"
#include "codec/avro/avro_schema.h"
#include "codec/avro/container.h"

enum { PIECE_STEP = 256 * 1024, PIECE_MAX = CONTAINER_BLOCK_MAX + 1024 * 1024 };

enum file_form { FORM_UNKNOWN, FORM_NDJSON, FORM_CSV, FORM_AVRO };

struct file_reader {
    struct reader_settings settings;
    int fd;
    int64_t size; /* as last seen */
    const char *broken;
    enum file_form form;
    int64_t seek_to; /* -1: no more */

    struct buffer piece;
    int64_t piece_at;
    size_t used;
    bool at_end; /* the last read gave nothing */

    struct buffer columns; /* CSV: the header line */
    struct buffer headers; /* of every record of the file */
    uint32_t header_count;
    bool line_cut; /* (2): passing over the rest of a line */

    /* Avro */
    struct container_header container;
    struct buffer schema_text;
    struct avro_schema *schema;
    bool is_listed;
    uint32_t schema_id;
    struct buffer plain;
    struct text records; /* of the open block, from the next one on */
    int64_t block_at;
    int64_t block_next; /* number of the next record */
    int64_t block_count;
    size_t block_size;
    struct buffer value;
};

static inline struct text piece_rest(const struct file_reader *reader)
{
    return (struct text){reader->piece.data + reader->used, reader->piece.size - reader->used};
}

static inline int64_t piece_place(const struct file_reader *reader)
{
    return reader->piece_at + (int64_t)reader->used;
}

/* Reads until the rest holds size bytes or the file has no more. False: the system failed. */
must_use bool piece_fill(struct file_reader *reader, size_t size, struct error *error);

/* The piece begins anew at this place. */
void piece_move(struct file_reader *reader, int64_t at);

enum reader_answer reader_break(struct file_reader *reader, const char *reason);

/* file_lines.c */
must_use enum reader_answer lines_recognise(struct file_reader *reader, struct error *error);
must_use enum reader_answer lines_seek(struct file_reader *reader, int64_t at, struct error *error);
must_use enum reader_answer lines_next(struct file_reader *reader, struct error *error,
                                       struct record *ret_record);

/* file_container.c */
must_use enum reader_answer container_recognise(struct file_reader *reader, struct error *error);
must_use enum reader_answer container_seek(struct file_reader *reader, int64_t at,
                                           struct error *error);
must_use enum reader_answer container_next(struct file_reader *reader, struct error *error,
                                           struct record *ret_record);

#endif
