/*
 * file_reader.h - one file, record by record, with the place of each.
 *
 *   at      a record's place: the byte where its line begins; in an Avro container the byte where
 *           its block begins, plus its number in the block (block size >= records: container.h)
 *   format  recognised by content: "Obj" 1 is Avro, '{' is NDJSON, a line of names by commas is the
 *           header of CSV; anything else is refused
 *
 *   UNKNOWN --first bytes--> LINES | CONTAINER --reader_next--> records ... END
 *      +--------------------------+--> BROKEN (a reason): nothing behind it is read
 *
 * (1) A line is given whole or not at all. One without a line end is given only where the file is
 *     complete; in a growing file it waits.
 * (2) A line longer than LINE_SIZE_MAX is given cut to one byte more than that, so that it is
 *     refused as oversized; what follows of it is passed over.
 * (3) A block of a container counts only whole and in itself sound: checked before its first record
 *     is given. Cut off in a complete file: BROKEN, file_cut_off; nothing of it is guessed.
 * (4) Seeking goes to where a record begins, or to the end; any other place means that the file is
 *     not the one that was read.
 * (5) Empty lines are no records.
 *
 *   reason, as the partition halts with it
 *   file_format_unknown      neither of the three
 *   file_schema_unreadable   the schema in a container's header
 *   file_damaged             a block without its sync marker, or that does not follow the schema
 *   file_cut_off             a complete container that ends in the middle
 *   file_too_large           64 GiB or more
 *   file_replaced            no record begins where one was read before (4)
 */
#ifndef SAWA_BUS_FILE_READER_H
#define SAWA_BUS_FILE_READER_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/record.h"

/* A place is 36 bits: see file_source.h. */
#define FILE_SIZE_MAX (INT64_C(1) << 36)

/* The id of a schema by its text. False: it is not on the allow-list. */
typedef bool schema_find(void *user, struct text schema, uint32_t *ret_id);

struct reader_settings {
    const char *path;
    const char *name; /* for the records' headers */
    bool complete;    /* (1), (3): the file grows no more */
    schema_find *find;
    void *find_user;
};

struct file_reader;

enum reader_answer {
    READER_RECORD,
    READER_END,    /* nothing more now, or for ever where the file is complete */
    READER_BROKEN, /* *ret_reason of reader_broken; it stays so */
    READER_FAILED, /* the system could not read; error says it, try again */
};

/* Opens a regular file. RETRY: it cannot be opened now. */
must_use enum status reader_open(const struct reader_settings *settings, struct error *error,
                                 struct file_reader **ret_reader);
void reader_close(struct file_reader *reader); /* NULL is fine */

/* Reads from there on (4); asked once, before the first reader_next. */
void reader_seek(struct file_reader *reader, int64_t at);

/* The next record: value, headers, format, columns, and offset = its place. Its bytes live until
 * the next call. */
must_use enum reader_answer reader_next(struct file_reader *reader, struct error *error,
                                        struct record *ret_record);

/* Why it is broken. */
const char *reader_reason(const struct file_reader *reader);

/* Where everything given so far ends: behind the last line or block that was taken. */
int64_t reader_place(const struct file_reader *reader);

/* Bytes as last seen. */
int64_t reader_size(const struct file_reader *reader);

/* False: path leads to another file, or this one is shorter than what was read of it. */
must_use bool reader_is_same(const struct file_reader *reader);

#endif
