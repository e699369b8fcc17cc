/*
 * csv_line.c - one line of CSV (RFC 4180, comma, one record a line); see line_reader.h.
 */
#include "codec/line/line_work.h"

struct csv_cursor {
    const char *at;
    const char *end;
    struct buffer *text; /* of the reader: fields without doubled quotes */
};

/* Behind the opening quote: up to the closing one, doubled quotes made single. */
static bool quoted_take(struct csv_cursor *cursor, struct text *ret_text)
{
    size_t from = cursor->text->size;

    while (cursor->at < cursor->end) {
        char byte = *cursor->at++;

        if (byte == '"') {
            if (cursor->at == cursor->end || *cursor->at != '"') {
                *ret_text = (struct text){cursor->text->data + from, cursor->text->size - from};
                return cursor->at == cursor->end || *cursor->at == ',';
            }
            cursor->at++;
        }
        buffer_byte(cursor->text, (unsigned char)byte);
    }
    return false;
}

static bool plain_take(struct csv_cursor *cursor, struct text *ret_text)
{
    const char *from = cursor->at;

    while (cursor->at < cursor->end && *cursor->at != ',')
        if (*cursor->at++ == '"')
            return false;
    *ret_text = (struct text){from, (size_t)(cursor->at - from)};
    return true;
}

/* The next field; the comma behind it is taken too. *ret_last: there was none. */
static bool field_take(struct csv_cursor *cursor, struct text *ret_text, bool *ret_last)
{
    bool is_quoted = cursor->at < cursor->end && *cursor->at == '"';
    bool taken;

    if (is_quoted)
        cursor->at++;
    taken = is_quoted ? quoted_take(cursor, ret_text) : plain_take(cursor, ret_text);
    if (!taken)
        return false;
    *ret_last = cursor->at == cursor->end;
    if (!*ret_last)
        cursor->at++;
    return true;
}

static struct csv_cursor cursor_of(struct line_reader *reader, struct text line)
{
    if (line.size > 0 && line.data[line.size - 1] == '\r')
        line.size--;
    return (struct csv_cursor){line.data, line.data + line.size, &reader->text};
}

/* ---- the header ---- */

static bool names_take(struct line_work *work, struct text names)
{
    struct line_reader *reader = work->reader;
    struct csv_cursor cursor = cursor_of(reader, names);
    bool last = false;

    reader->place_count = 0;
    while (!last) {
        struct text name;

        if (reader->place_count == LINE_FIELD_MAX || !field_take(&cursor, &name, &last))
            return false;
        reader->places[reader->place_count++] = line_name(work, name);
    }
    return true;
}

/* Reads the header where it is another than that of the line before. */
static enum reason names_read(struct line_reader *reader, const struct column_set *columns,
                              struct text names)
{
    struct slot unused[COLUMN_COUNT_MAX];
    struct line_work work = {.reader = reader, .columns = columns, .slots = unused};

    if (reader->names_of == columns && text_equal(buffer_view(&reader->names), names))
        return reader->names_reason;
    reader->names_of = NULL;
    if (names.size > LINE_SIZE_MAX)
        return REASON_LINE_MALFORMED;
    buffer_clear(&reader->names);
    buffer_text(&reader->names, names);
    line_begin(&work, names.size);
    if (!text_is_utf8(names) || !names_take(&work, names))
        work.reason = REASON_LINE_MALFORMED;
    reader->names_reason = work.reason;
    reader->names_of = columns;
    return work.reason;
}

/* ---- the line ---- */

/* An empty field is an absent one; of a required text or id it is the empty text, so that the
 * reason says which field. */
static void value_take(struct line_work *work, int number, struct text text)
{
    const struct column *column = &work->columns->columns[number];
    struct slot slot = {.form = SLOT_EMPTY};

    if (text.size == 0 && (column->is_optional || column->fallback != NULL))
        return;
    if (line_value_read(column, LINE_VALUE_ANY, text, &slot))
        work->slots[number] = slot;
    else
        line_against(work, REASON_FIELD_UNREADABLE);
}

static bool values_take(struct line_work *work, struct text line)
{
    const struct line_reader *reader = work->reader;
    struct csv_cursor cursor = cursor_of(work->reader, line);
    size_t count = 0;
    bool last = false;

    while (!last) {
        struct text text;

        if (count == reader->place_count || !field_take(&cursor, &text, &last))
            return false;
        if (reader->places[count] >= 0)
            value_take(work, reader->places[count], text);
        count++;
    }
    return count == reader->place_count;
}

enum reason csv_line_read(struct line_reader *reader, const struct column_set *columns,
                          struct text names, struct text line, struct slot *slots)
{
    struct line_work work = {.reader = reader, .columns = columns, .slots = slots};

    if (names.data == NULL)
        return REASON_LINE_MALFORMED;
    work.reason = names_read(reader, columns, names);
    if (work.reason == REASON_LINE_MALFORMED)
        return work.reason;
    line_begin(&work, line.size);
    if (!text_is_utf8(line) || !values_take(&work, line))
        return REASON_LINE_MALFORMED;
    return line_end(&work);
}
