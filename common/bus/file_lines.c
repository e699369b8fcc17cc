/*
 * file_lines.c - files of lines: NDJSON, and CSV under its header line; see file_reader.h.
 */
#include "bus/file_work.h"
#include "codec/line/line_reader.h"

static const char mark[] = {'\xef', '\xbb', '\xbf'}; /* U+FEFF: some programs begin with it */

enum { HEADER_LINE_MAX = 16 * 1024 };

/* ---- one line ---- */

enum line_answer { LINE_WHOLE, LINE_WAITS, LINE_LONG, LINE_FAILED };

static struct text line_of(struct text rest, const char *end)
{
    return (struct text){rest.data, (size_t)(end - rest.data)};
}

/* The line the piece begins with; *ret_taken: with its line end. Reads more until it is whole,
 * the file ends, or it is longer than size_max. */
static enum line_answer line_look(struct file_reader *reader, size_t size_max, struct error *error,
                                  struct text *ret_line, size_t *ret_taken)
{
    size_t seen = 0;

    for (;;) {
        struct text rest = piece_rest(reader);
        const char *end =
            rest.size <= seen ? NULL : memchr(rest.data + seen, '\n', rest.size - seen);

        if (end != NULL && (size_t)(end - rest.data) <= size_max) {
            *ret_line = line_of(rest, end);
            *ret_taken = ret_line->size + 1;
            return LINE_WHOLE;
        }
        if (rest.size > size_max)
            return LINE_LONG;
        seen = rest.size;
        if (!piece_fill(reader, rest.size + 1, error))
            return LINE_FAILED;
        if (reader->at_end) {
            *ret_line = rest = piece_rest(reader);
            *ret_taken = rest.size;
            return reader->settings.complete && rest.size > 0 ? LINE_WHOLE : LINE_WAITS; /* (1) */
        }
    }
}

static bool line_is_empty(struct text line)
{
    return line.size == 0 || (line.size == 1 && line.data[0] == '\r');
}

/* (2): drops bytes up to and with the next line end. */
static enum reader_answer line_drop(struct file_reader *reader, struct error *error)
{
    while (reader->line_cut) {
        struct text rest = piece_rest(reader);
        const char *end = rest.size == 0 ? NULL : memchr(rest.data, '\n', rest.size);

        reader->used += end == NULL ? rest.size : line_of(rest, end).size + 1;
        reader->line_cut = end == NULL;
        if (end != NULL)
            break;
        if (!piece_fill(reader, 1, error))
            return READER_FAILED;
        if (reader->at_end)
            return READER_END;
    }
    return READER_RECORD;
}

/* ---- what it is ---- */

static bool is_name_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '_' || byte == '"';
}

/* Names by commas, two at least: what a header looks like, and nothing else does. */
static bool line_is_header(struct text line)
{
    size_t commas = 0;

    if (line.size > 0 && line.data[line.size - 1] == '\r')
        line.size--;
    for (size_t i = 0; i < line.size; i++) {
        if (line.data[i] != ',' && !is_name_byte(line.data[i]))
            return false;
        commas += line.data[i] == ',';
    }
    return commas > 0;
}

static enum reader_answer header_take(struct file_reader *reader, struct error *error)
{
    struct text line;
    size_t taken;
    enum line_answer answer = line_look(reader, HEADER_LINE_MAX - 1, error, &line, &taken);

    if (answer == LINE_FAILED)
        return READER_FAILED;
    if (answer == LINE_WAITS)
        return READER_END;
    if (answer == LINE_LONG || !line_is_header(line))
        return reader_break(reader, "file_format_unknown");
    buffer_text(&reader->columns, line);
    reader->used += taken;
    reader->form = FORM_CSV;
    return READER_RECORD;
}

static void mark_skip(struct file_reader *reader)
{
    struct text rest = piece_rest(reader);

    if (reader->piece_at == 0 && reader->used == 0 && rest.size >= sizeof mark &&
        memcmp(rest.data, mark, sizeof mark) == 0)
        reader->used += sizeof mark;
}

enum reader_answer lines_recognise(struct file_reader *reader, struct error *error)
{
    mark_skip(reader);
    for (;;) {
        struct text rest;

        if (!piece_fill(reader, 1, error))
            return READER_FAILED;
        rest = piece_rest(reader);
        if (rest.size == 0)
            return READER_END;
        if (rest.data[0] != '\r' && rest.data[0] != '\n')
            break;
        reader->used++; /* (5) */
    }
    if (piece_rest(reader).data[0] != '{')
        return header_take(reader, error);
    reader->form = FORM_NDJSON;
    return READER_RECORD;
}

/* ---- places ---- */

enum reader_answer lines_seek(struct file_reader *reader, int64_t at, struct error *error)
{
    if (at < piece_place(reader)) /* within the header line, or the marks before it */
        return reader_break(reader, "file_replaced");
    if (at == piece_place(reader))
        return READER_RECORD;
    piece_move(reader, at - 1);
    if (!piece_fill(reader, 1, error))
        return READER_FAILED;
    if (piece_rest(reader).size == 0)
        return reader_break(reader, "file_replaced");
    if (piece_rest(reader).data[0] != '\n' && at != reader->size)
        return reader_break(reader, "file_replaced"); /* (4) */
    reader->used = 1;
    return READER_RECORD;
}

/* ---- records ---- */

static enum reader_answer line_give(struct file_reader *reader, struct text line, size_t taken,
                                    struct record *ret_record)
{
    ret_record->offset = piece_place(reader);
    ret_record->value = line;
    reader->used += taken;
    return READER_RECORD;
}

static enum reader_answer line_give_cut(struct file_reader *reader, struct record *ret_record)
{
    struct text line = {piece_rest(reader).data, LINE_SIZE_MAX + 1};

    reader->line_cut = true;
    return line_give(reader, line, line.size, ret_record);
}

enum reader_answer lines_next(struct file_reader *reader, struct error *error,
                              struct record *ret_record)
{
    enum reader_answer answer = line_drop(reader, error);

    while (answer == READER_RECORD) {
        struct text line;
        size_t taken;

        switch (line_look(reader, LINE_SIZE_MAX, error, &line, &taken)) {
        case LINE_FAILED: return READER_FAILED;
        case LINE_WAITS: return READER_END;
        case LINE_LONG: return line_give_cut(reader, ret_record);
        case LINE_WHOLE: break;
        }
        if (!line_is_empty(line))
            return line_give(reader, line, taken, ret_record);
        reader->used += taken; /* (5) */
    }
    return answer;
}
