/*
 * file_reader.c - see file_reader.h: the piece at hand, what the file is, who reads it.
 */
#include "bus/file_reader.h"

#include "bus/file_work.h"
#include "codec/event_codec.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEADERS_MAX = 64 * 1024, COLUMNS_MAX = 16 * 1024, VALUE_MAX = 2 * 1024 * 1024 };

/* ---- the piece at hand ---- */

static enum status file_failed(const struct reader_settings *settings, const char *what,
                               struct error *error)
{
    error_set(error, RETRY, "could not %s file %.120s", what, settings->name);
    error_detail(error, "%s", strerror(errno));
    return error_hint(error, "check the file and who may read it; reading goes on by itself");
}

void piece_move(struct file_reader *reader, int64_t at)
{
    buffer_clear(&reader->piece);
    reader->piece_at = at;
    reader->used = 0;
    reader->at_end = false;
}

/* What is used goes, so that it stays small. */
static void piece_compact(struct file_reader *reader)
{
    struct text rest = piece_rest(reader);

    if (reader->used == 0)
        return;
    memmove(reader->piece.data, rest.data, rest.size);
    reader->piece_at += (int64_t)reader->used;
    reader->piece.size = rest.size;
    reader->used = 0;
}

bool piece_fill(struct file_reader *reader, size_t size, struct error *error)
{
    reader->at_end = false;
    while (piece_rest(reader).size < size) {
        char *room;
        ssize_t got;

        piece_compact(reader);
        room = buffer_reserve(&reader->piece, PIECE_STEP);
        assert(room != NULL); /* size never passes the ceiling less a piece */
        got = pread(reader->fd, room, PIECE_STEP, reader->piece_at + (int64_t)reader->piece.size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            file_failed(&reader->settings, "read", error);
            return false;
        }
        reader->at_end = got == 0;
        if (reader->at_end)
            return true;
        buffer_commit(&reader->piece, (size_t)got);
    }
    return true;
}

/* ---- life ---- */

static enum status size_look(struct file_reader *reader, struct error *error)
{
    struct stat stat;

    if (fstat(reader->fd, &stat) != 0)
        return file_failed(&reader->settings, "look at", error);
    if (!S_ISREG(stat.st_mode)) {
        error_set(error, RETRY, "%.120s is no file", reader->settings.name);
        return error_hint(error, "take it out of the folder");
    }
    reader->size = stat.st_size;
    return OK;
}

enum status reader_open(const struct reader_settings *settings, struct error *error,
                        struct file_reader **ret_reader)
{
    struct file_reader *reader = calloc(1, sizeof *reader);
    enum status status;

    assert(reader != NULL);
    reader->settings = *settings;
    reader->seek_to = -1;
    buffer_init(&reader->piece, PIECE_MAX + PIECE_STEP);
    buffer_init(&reader->columns, COLUMNS_MAX);
    buffer_init(&reader->headers, HEADERS_MAX);
    buffer_init(&reader->schema_text, SCHEMA_TEXT_MAX);
    buffer_init(&reader->plain, CONTAINER_PLAIN_MAX + PIECE_STEP);
    buffer_init(&reader->value, VALUE_MAX);
    if (buffer_reserve(&reader->piece, PIECE_STEP) == NULL)
        abort(); /* so that the piece has a place before the first byte is read */
    reader->fd = open(settings->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    status = reader->fd < 0 ? file_failed(settings, "open", error) : size_look(reader, error);
    if (status != OK) {
        reader_close(reader);
        return status;
    }
    *ret_reader = reader;
    return OK;
}

void reader_close(struct file_reader *reader)
{
    if (reader == NULL)
        return;
    if (reader->fd >= 0)
        close(reader->fd);
    avro_schema_free(reader->schema);
    buffer_done(&reader->piece);
    buffer_done(&reader->columns);
    buffer_done(&reader->headers);
    buffer_done(&reader->schema_text);
    buffer_done(&reader->plain);
    buffer_done(&reader->value);
    free(reader);
}

enum reader_answer reader_break(struct file_reader *reader, const char *reason)
{
    reader->broken = reason;
    return READER_BROKEN;
}

const char *reader_reason(const struct file_reader *reader)
{
    assert(reader->broken != NULL);
    return reader->broken;
}

void reader_seek(struct file_reader *reader, int64_t at)
{
    assert(at >= 0 && reader->form == FORM_UNKNOWN);
    reader->seek_to = at;
}

int64_t reader_place(const struct file_reader *reader)
{
    return piece_place(reader);
}

int64_t reader_size(const struct file_reader *reader)
{
    return reader->size;
}

bool reader_is_same(const struct file_reader *reader)
{
    struct stat here;
    struct stat there;

    if (fstat(reader->fd, &here) != 0 || here.st_size < piece_place(reader))
        return false;
    if (stat(reader->settings.path, &there) != 0)
        return true; /* taken away: nothing says otherwise */
    return here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

/* ---- reading ---- */

static enum record_format record_format_of(const struct file_reader *reader)
{
    if (reader->form == FORM_AVRO)
        return reader->is_listed ? RECORD_AVRO : RECORD_AVRO_UNLISTED;
    return reader->form == FORM_CSV ? RECORD_CSV : RECORD_NDJSON;
}

static void headers_make(struct file_reader *reader)
{
    reader->header_count =
        event_headers_append(&reader->headers, record_format_of(reader),
                             text_of(reader->settings.name), buffer_view(&reader->columns));
    assert(!buffer_failed(&reader->headers));
}

/* READER_RECORD: the form is known. */
static enum reader_answer form_recognise(struct file_reader *reader, struct error *error)
{
    enum reader_answer answer;

    if (!piece_fill(reader, 4, error))
        return READER_FAILED;
    answer = container_begins(piece_rest(reader)) ? container_recognise(reader, error)
                                                  : lines_recognise(reader, error);
    if (answer == READER_RECORD)
        headers_make(reader);
    return answer;
}

static enum reader_answer place_seek(struct file_reader *reader, struct error *error)
{
    int64_t at = reader->seek_to;
    enum reader_answer answer = READER_RECORD;

    if (at > 0)
        answer = reader->form == FORM_AVRO ? container_seek(reader, at, error)
                                           : lines_seek(reader, at, error);
    if (answer == READER_RECORD)
        reader->seek_to = -1;
    return answer;
}

static enum reader_answer reader_prepare(struct file_reader *reader, struct error *error)
{
    enum reader_answer answer = READER_RECORD;

    if (reader->broken != NULL)
        return READER_BROKEN;
    if (size_look(reader, error) != OK)
        return READER_FAILED;
    if (reader->size >= FILE_SIZE_MAX)
        return reader_break(reader, "file_too_large");
    if (reader->form == FORM_UNKNOWN)
        answer = form_recognise(reader, error);
    if (answer == READER_RECORD && reader->seek_to >= 0)
        answer = place_seek(reader, error);
    return answer;
}

enum reader_answer reader_next(struct file_reader *reader, struct error *error,
                               struct record *ret_record)
{
    struct record record = {.timestamp_ms = -1};
    enum reader_answer answer = READER_RECORD;

    if (piece_rest(reader).size == 0 || reader->form == FORM_UNKNOWN || reader->seek_to >= 0 ||
        reader->broken != NULL)
        answer = reader_prepare(reader, error);
    if (answer != READER_RECORD)
        return answer;
    answer = reader->form == FORM_AVRO ? container_next(reader, error, &record)
                                       : lines_next(reader, error, &record);
    if (answer == READER_END && size_look(reader, error) != OK)
        return READER_FAILED;
    if (answer != READER_RECORD)
        return answer;
    record.format = record_format_of(reader);
    record.columns = buffer_view(&reader->columns);
    record.headers = buffer_view(&reader->headers);
    record.header_count = reader->header_count;
    *ret_record = record;
    return READER_RECORD;
}
