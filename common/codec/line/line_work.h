/*
 * line_work.h - what the readers of JSON and CSV lines share; nobody else includes it.
 */
#ifndef SAWA_CODEC_LINE_LINE_WORK_H
#define SAWA_CODEC_LINE_LINE_WORK_H

#include "base/buffer.h"
#include "codec/line/line_reader.h"
#include "codec/line/line_value.h"

/* What a name means: a column's number, or one of these. */
enum { FIELD_UNREAD = -1, FIELD_UNKNOWN = -2 };

struct line_reader {
    struct buffer text; /* what had escapes, put plainly; never grows while a line is read */

    struct buffer names; /* the header line the places below are of */
    const struct column_set *names_of;
    enum reason names_reason;
    size_t place_count;
    int places[LINE_FIELD_MAX]; /* by field: what its name means */
};

/* One line on its way: which columns came, and the first reason against a field of it. */
struct line_work {
    struct line_reader *reader;
    const struct column_set *columns;
    struct slot *slots;
    uint64_t seen;        /* bit per column */
    uint64_t unread_seen; /* bit per name that we know and do not read */
    enum reason reason;
};

static inline void line_against(struct line_work *work, enum reason reason)
{
    if (work->reason == REASON_NONE || reason < work->reason)
        work->reason = reason;
}

/* Empties the slots; room for every text of a line of this size. */
void line_begin(struct line_work *work, size_t line_size);

/* The meaning of a name; that it is unknown or comes twice is noted. */
int line_name(struct line_work *work, struct text name);

/* Fallbacks, and what is missing; the reason of the whole line. */
must_use enum reason line_end(struct line_work *work);

#endif
