/*
 * csv_reader.c - CSV files by profile: bytes to rows (libcsv), rows to a statement.
 *
 * The only door to libcsv. It takes a line at a time, so that every row knows its line and its raw
 * text; a quoted field may hold line ends. A line ends where libcsv ends a row: at CR and at LF.
 *
 * (1) libcsv asks for memory through field_realloc, which has none beyond a field's ceiling.
 * (2) A file that ends within quotes was cut; and one whose last line has no end, unless that row
 *     has all its columns and, where there is a running balance, fits it.
 */
#include "codec/csv/csv_statement.h"

#include <csv.h>
#include <stdlib.h>

enum { FIELD_SIZE_MAX = 1024 * 1024 };

struct csv_reader {
    struct statement_context *context;
    struct csv_statement message;
    struct csv_parser parser;
    int64_t line_number;
    bool has_line_end; /* the file ends with one, as far as it was read */
    struct buffer raw; /* of the row that is read */
    struct buffer text;
    size_t ends[CSV_COLUMNS_MAX]; /* of its fields in text */
    size_t count;
    enum status status; /* of the rows in the line that libcsv was given */
    struct error *error;
};

static void *field_realloc(void *memory, size_t size)
{
    return size > FIELD_SIZE_MAX ? NULL : realloc(memory, size);
}

static void take_field(void *data, size_t size, void *context)
{
    struct csv_reader *reader = context;

    if (reader->count < CSV_COLUMNS_MAX) {
        buffer_append(&reader->text, data, size);
        reader->ends[reader->count] = reader->text.size;
    }
    reader->count++;
}

static void take_row(int unused, void *context)
{
    struct csv_reader *reader = context;
    struct text text = buffer_view(&reader->text);
    struct csv_row row = {.count = reader->count,
                          .line = reader->line_number,
                          .raw = text_trim(buffer_view(&reader->raw))};
    size_t begin = 0;

    (void)unused;
    for (size_t i = 0; i < row.count && i < CSV_COLUMNS_MAX; i++) {
        row.fields[i] = text_trim((struct text){text.data + begin, reader->ends[i] - begin});
        begin = reader->ends[i];
    }
    if (reader->status == OK && !buffer_failed(&reader->text) && !buffer_failed(&reader->raw))
        reader->status = csv_statement_row(&reader->message, &row, reader->error);
    buffer_clear(&reader->text);
    buffer_clear(&reader->raw);
    reader->count = 0;
}

static enum status check_sizes(struct csv_reader *reader, bool is_full, struct error *error)
{
    if (is_full || buffer_failed(&reader->text) || buffer_failed(&reader->raw))
        return statement_refuse(reader->context, REFUSED_LIMIT_EXCEEDED, reader->line_number, error,
                                "a row is longer than %zu bytes",
                                reader->context->limits->tag_size_max);
    return reader->status;
}

static bool is_line_end(char byte)
{
    return byte == '\n' || byte == '\r';
}

/* Takes a line with its end, or what there is of it. */
static struct text take_line(struct text *bytes)
{
    size_t size = 0;
    struct text line;

    while (size < bytes->size && !is_line_end(bytes->data[size]))
        size++;
    line = text_first(*bytes, size + 1);
    *bytes = text_from(*bytes, size + 1);
    return line;
}

static enum status csv_feed(void *parser, struct text bytes, struct error *error)
{
    struct csv_reader *reader = parser;
    enum status status = OK;

    reader->error = error;
    statement_note_encoding(reader->context, reader->line_number); /* of the byte before */
    while (status == OK && bytes.size > 0) {
        struct text line = take_line(&bytes);

        buffer_text(&reader->raw, line);
        status = check_sizes(reader,
                             csv_parse(&reader->parser, line.data, line.size, take_field, take_row,
                                       reader) != line.size,
                             error);
        reader->has_line_end = is_line_end(line.data[line.size - 1]);
        reader->line_number += line.data[line.size - 1] == '\n' ? 1 : 0;
    }
    return status;
}

static enum status csv_end(void *parser, struct error *error)
{
    struct csv_reader *reader = parser;
    bool is_open;
    enum status status;

    reader->error = error;
    statement_note_encoding(reader->context, reader->line_number);
    csv_set_opts(&reader->parser, CSV_STRICT | CSV_STRICT_FINI); /* quotes must be closed by now */
    is_open = csv_fini(&reader->parser, take_field, take_row, reader) != 0;
    status = check_sizes(reader, false, error);
    if (status != OK)
        return status;
    if (is_open || (!reader->has_line_end && !csv_is_last_row_whole(&reader->message)))
        return statement_refuse(reader->context, REFUSED_CUT_SHORT, reader->line_number, error,
                                "the last row is not whole"); /* (2) */
    if (!reader->message.in_table)
        return OK; /* no header: a file without a statement */
    return csv_statement_finish(&reader->message, reader->line_number, error);
}

static void *csv_open(struct statement_context *context)
{
    struct csv_reader *reader = calloc(1, sizeof *reader);
    size_t max = context->limits->tag_size_max;

    if (reader == NULL || csv_init(&reader->parser, 0) != 0)
        abort();
    csv_set_delim(&reader->parser, (unsigned char)context->csv->delimiter);
    csv_set_realloc_func(&reader->parser, field_realloc);
    csv_statement_begin(&reader->message, context, context->csv);
    reader->context = context;
    reader->line_number = 1;
    buffer_init(&reader->raw, max);
    buffer_init(&reader->text, max);
    return reader;
}

static void csv_close(void *parser)
{
    struct csv_reader *reader = parser;

    if (reader == NULL)
        return;
    csv_free(&reader->parser);
    buffer_done(&reader->raw);
    buffer_done(&reader->text);
    free(reader);
}

/* ---- which profile ---- */

/* The fields of a line, split at the delimiter alone: enough for the names of columns. */
static void split_names(struct text line, char delimiter, struct csv_row *ret_row)
{
    ret_row->count = 0;
    while (line.size > 0 && ret_row->count < CSV_COLUMNS_MAX) {
        struct text name = text_trim(text_take(&line, delimiter));

        if (name.size >= 2 && name.data[0] == '"' && name.data[name.size - 1] == '"')
            name = text_trim(text_first(text_from(name, 1), name.size - 2));
        ret_row->fields[ret_row->count++] = name;
    }
}

static bool has_header(const struct csv_profile *profile, struct text head)
{
    struct csv_row row;
    size_t unused[CSV_COLUMNS_MAX];

    while (head.size > 0) {
        split_names(text_take(&head, '\n'), profile->delimiter, &row);
        if (csv_is_header(profile, &row, unused))
            return true;
    }
    return false;
}

/* The profile whose header is there; one without a header must be the only one. */
static bool csv_recognise(struct statement_context *context, struct text head)
{
    const struct statement_profile *among = context->profile;

    for (size_t i = 0; i < among->csv_count; i++)
        if (among->csv[i].has_header ? has_header(&among->csv[i], head) : among->csv_count == 1) {
            context->csv = &among->csv[i];
            return true;
        }
    return false;
}

const struct statement_parser csv_statement_parser = {
    .name = "a CSV file",
    .recognise = csv_recognise,
    .open = csv_open,
    .feed = csv_feed,
    .end = csv_end,
    .close = csv_close,
};
