/*
 * payment_day.c - on which day a bank can be instructed again: the corridor's calendars say so.
 */
#include "follow/follow.h"

#include "base/zone_file.h"
#include "domain/book_document.h"
#include "settle_sql.h"

/* What the calendars do not reach is refused: a guess would instruct on a holiday. */
static enum status calendar_ends(calendar_date date, struct error *error)
{
    char text[DATE_TEXT_SIZE];

    date_format(date, text);
    error_set(error, REJECT, "the corridor's holidays do not reach as far as %s", text);
    error->exit_code = EXIT_REFUSED;
    return error_hint(error, "extend the holidays of the book: sawa corridor propose FILE");
}

static enum status day_find(const struct corridor_book *book, const struct result *row,
                            calendar_date date, struct error *error, calendar_date *ret_day)
{
    for (size_t i = 0; i < book->corridor_count; i++) {
        const struct corridor *corridor = &book->corridors[i];

        if (corridor->corridor_id != result_int64(row, 0, 0) ||
            corridor->version != result_int64(row, 0, 1))
            continue;
        return corridor_payment_date(corridor, date, ret_day) ? OK : calendar_ends(date, error);
    }
    return error_set(error, FATAL, "a stored definition does not hold its own corridor");
}

enum status settle_payment_day(struct settle *settle, int64_t window_id, calendar_date date,
                               struct error *error, calendar_date *ret_day)
{
    struct corridor_book book;
    struct params params;
    struct result *row = NULL;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, window_id);
    params_date(&params, date);
    status = db_run_once(settle->session.db, settle_sql_payment_calendar, &params, error, &row);
    if (status != OK)
        return status;
    assert(result_rows(row) == 1); /* a window's version began before what was withdrawn of it */
    arena_reset(&settle->arena);
    status =
        book_document_read(&(struct book_document){result_text(row, 0, 2), result_text(row, 0, 3)},
                           "the stored definition", zone_file_source(), &settle->arena, error,
                           &book);
    if (status == OK)
        status = day_find(&book, row, date, error, ret_day);
    result_free(row);
    return status;
}
