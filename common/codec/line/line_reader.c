/*
 * line_reader.c - see line_reader.h. The numbers in brackets are its invariants.
 */
#include "codec/line/line_reader.h"

#include "codec/line/line_work.h"

#include <stdlib.h>

struct line_reader *line_reader_new(void)
{
    struct line_reader *reader = calloc(1, sizeof *reader);

    assert(reader != NULL);
    buffer_init(&reader->text, LINE_SIZE_MAX + 1);
    buffer_init(&reader->names, LINE_SIZE_MAX + 1);
    return reader;
}

void line_reader_free(struct line_reader *reader)
{
    if (reader == NULL)
        return;
    buffer_done(&reader->text);
    buffer_done(&reader->names);
    free(reader);
}

void line_begin(struct line_work *work, size_t line_size)
{
    assert(work->columns->count <= COLUMN_COUNT_MAX && line_size <= LINE_SIZE_MAX);
    memset(work->slots, 0, work->columns->count * sizeof *work->slots);
    buffer_clear(&work->reader->text);
    if (buffer_reserve(&work->reader->text, line_size + 1) == NULL)
        abort(); /* the ceiling lies above that of a line */
}

static bool column_is_named(const struct column *column, struct text name)
{
    if (text_is(name, column->name))
        return true;
    for (size_t i = 0; i < COUNT_OF(column->aliases) && column->aliases[i] != NULL; i++)
        if (text_is(name, column->aliases[i]))
            return true;
    return false;
}

/* (2) */
static void seen_mark(struct line_work *work, uint64_t *seen, size_t number)
{
    if ((*seen >> number & 1) != 0)
        line_against(work, REASON_FIELD_UNREADABLE);
    *seen |= UINT64_C(1) << number;
}

int line_name(struct line_work *work, struct text name)
{
    const struct column_set *columns = work->columns;

    for (size_t i = 0; i < columns->count; i++)
        if (column_is_named(&columns->columns[i], name)) {
            seen_mark(work, &work->seen, i);
            return (int)i;
        }
    for (size_t i = 0; columns->unread != NULL && columns->unread[i] != NULL; i++)
        if (text_is(name, columns->unread[i])) {
            seen_mark(work, &work->unread_seen, i);
            return FIELD_UNREAD;
        }
    line_against(work, REASON_FIELD_UNKNOWN); /* (1) */
    return FIELD_UNKNOWN;
}

enum reason line_end(struct line_work *work)
{
    for (size_t i = 0; i < work->columns->count; i++) {
        const struct column *column = &work->columns->columns[i];
        struct slot *slot = &work->slots[i];

        if (slot->form != SLOT_EMPTY || column->is_optional)
            continue;
        if (column->fallback == NULL)
            line_against(work, REASON_FIELD_UNREADABLE);
        else
            *slot = (struct slot){.text = text_of(column->fallback), .form = SLOT_TEXT};
    }
    return work->reason;
}
