/*
 * book.c - see book.h.
 */
#include "book.h"

#include "base/crc32c.h"
#include "ingest_sql.h"

#include <stdlib.h>

enum { BOOK_BLOCK = 256 * 1024, BOOK_MAX = 64 * 1024 * 1024, CODE_SIZE = 40 };

void book_init(struct book *book, struct fee_book *fee_book)
{
    *book = (struct book){.fee_book = fee_book};
    arena_init(&book->arena, BOOK_BLOCK, BOOK_MAX);
}

void book_done(struct book *book)
{
    arena_done(&book->arena);
}

static enum status book_full(struct error *error)
{
    error_set(error, FATAL, "the reference data passes its ceiling of %d bytes", BOOK_MAX);
    return FATAL;
}

/* ---- participants ---- */

static size_t slot_of(const struct book *book, struct text code)
{
    return crc32c(0, code) & (book->slot_count - 1);
}

size_t book_participant(const struct book *book, struct text code)
{
    if (book->slot_count == 0)
        return SIZE_MAX;
    for (size_t slot = slot_of(book, code);; slot = (slot + 1) & (book->slot_count - 1)) {
        if (book->slots[slot] == 0)
            return SIZE_MAX;
        if (text_equal(book->participants[book->slots[slot] - 1].code, code))
            return book->slots[slot] - 1;
    }
}

static enum status participants_index(struct book *book, struct error *error)
{
    book->slot_count = 16;
    while (book->slot_count < 2 * book->participant_count)
        book->slot_count *= 2;
    book->slots = arena_alloc(&book->arena, book->slot_count * sizeof *book->slots);
    if (book->slots == NULL)
        return book_full(error);
    for (size_t i = 0; i < book->participant_count; i++) {
        size_t slot = slot_of(book, book->participants[i].code);

        while (book->slots[slot] != 0)
            slot = (slot + 1) & (book->slot_count - 1);
        book->slots[slot] = (uint32_t)i + 1;
    }
    return OK;
}

static enum status participants_take(struct book *book, const struct result *rows,
                                     struct error *error)
{
    book->participant_count = (size_t)result_rows(rows);
    book->participants =
        arena_alloc(&book->arena, (book->participant_count + 1) * sizeof *book->participants);
    for (int i = 0; book->participants != NULL && i < result_rows(rows); i++) {
        struct book_participant *participant = &book->participants[i];

        participant->participant_id = (int32_t)result_int64(rows, i, 0);
        participant->code = arena_text(&book->arena, result_text(rows, i, 1));
        if (participant->code.data == NULL)
            return book_full(error);
    }
    return book->participants == NULL ? book_full(error) : participants_index(book, error);
}

/* ---- corridors ---- */

static enum status currency_take(const struct result *rows, int row, int column,
                                 struct error *error, currency *ret_currency)
{
    struct text code = result_text(rows, row, column);

    if (currency_parse(code, ret_currency))
        return OK;
    return error_set(error, FATAL, "corridor with a currency we do not know: %.*s", TEXT_ARG(code));
}

static enum status corridor_take(struct book *book, const struct result *rows, int row,
                                 struct error *error)
{
    struct book_corridor *corridor = &book->corridors[row];
    enum status status = OK;

    corridor->corridor_id = (int32_t)result_int64(rows, row, 0);
    corridor->code = arena_text(&book->arena, result_text(rows, row, 1));
    corridor->limit_minor = result_int64(rows, row, 5);
    corridor->checks_rate = !result_is_null(rows, row, 7);
    corridor->accounts =
        arena_alloc(&book->arena, (book->participant_count + 1) * sizeof *corridor->accounts);
    if (corridor->code.data == NULL || corridor->accounts == NULL)
        return book_full(error);
    if (corridor->checks_rate &&
        !rounding_parse(result_text(rows, row, 7), &corridor->rate_rounding))
        return error_set(error, FATAL, "corridor with a rounding we do not know");
    status = currency_take(rows, row, 2, error, &corridor->source_currency);
    if (status == OK)
        status = currency_take(rows, row, 3, error, &corridor->target_currency);
    if (status == OK)
        status = currency_take(rows, row, 4, error, &corridor->settlement_currency);
    return status;
}

static enum status corridors_take(struct book *book, const struct result *rows,
                                  struct error *error)
{
    enum status status = OK;

    book->corridor_count = (size_t)result_rows(rows);
    book->corridors =
        arena_alloc(&book->arena, (book->corridor_count + 1) * sizeof *book->corridors);
    if (book->corridors == NULL)
        return book_full(error);
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        status = corridor_take(book, rows, i, error);
    return status;
}

const struct book_corridor *book_corridor(const struct book *book, struct text code)
{
    for (size_t i = 0; i < book->corridor_count; i++)
        if (text_equal(book->corridors[i].code, code))
            return &book->corridors[i];
    return NULL;
}

static struct book_corridor *corridor_by_id(const struct book *book, int64_t corridor_id)
{
    for (size_t i = 0; i < book->corridor_count; i++)
        if (book->corridors[i].corridor_id == corridor_id)
            return &book->corridors[i];
    return NULL;
}

static size_t participant_by_id(const struct book *book, int64_t participant_id)
{
    size_t low = 0;
    size_t high = book->participant_count;

    while (low < high) { /* the query orders by id */
        size_t middle = low + (high - low) / 2;

        if (book->participants[middle].participant_id < participant_id)
            low = middle + 1;
        else
            high = middle;
    }
    assert(low < book->participant_count);
    return low;
}

static enum status members_take(struct book *book, const struct result *rows, struct error *error)
{
    (void)error;
    for (int i = 0; i < result_rows(rows); i++) {
        struct book_corridor *corridor = corridor_by_id(book, result_int64(rows, i, 0));

        if (corridor != NULL)
            corridor->accounts[participant_by_id(book, result_int64(rows, i, 1))] =
                (int32_t)result_int64(rows, i, 2);
    }
    return OK;
}

/* ---- windows ---- */

static int window_rows_of(const struct result *rows, int first)
{
    int last = first;

    while (last < result_rows(rows) && result_int64(rows, last, 1) == result_int64(rows, first, 1))
        last++;
    return last;
}

static enum status windows_of_corridor(struct book *book, const struct result *rows, int first,
                                       int last, struct error *error)
{
    struct book_corridor *corridor = corridor_by_id(book, result_int64(rows, first, 1));
    size_t count = (size_t)(last - first);

    if (corridor == NULL)
        return OK; /* not in force yet */
    corridor->windows = arena_alloc(&book->arena, count * sizeof *corridor->windows);
    corridor->cuts = arena_alloc(&book->arena, count * sizeof *corridor->cuts);
    corridor->fees = arena_alloc(&book->arena, count * sizeof(const struct fee_schedule *));
    corridor->versions = arena_alloc(&book->arena, count * sizeof *corridor->versions);
    corridor->names_parties = arena_alloc(&book->arena, count * sizeof *corridor->names_parties);
    if (corridor->windows == NULL || corridor->cuts == NULL || corridor->fees == NULL ||
        corridor->versions == NULL || corridor->names_parties == NULL)
        return book_full(error);
    corridor->window_count = count;
    for (size_t i = 0; i < count; i++) {
        int row = first + (int)i;

        corridor->windows[i] = (struct window){.window_id = result_int64(rows, row, 0),
                                               .opens_at_us = result_instant(rows, row, 2),
                                               .cut_off_us = result_instant(rows, row, 3),
                                               .state = WINDOW_OPEN};
        corridor->cuts[i] = WINDOW_NO_CUT;
        corridor->versions[i] = (int32_t)result_int64(rows, row, 4);
        corridor->names_parties[i] = result_bool(rows, row, 5);
    }
    return OK;
}

static enum status windows_take(struct book *book, const struct result *rows, struct error *error)
{
    enum status status = OK;

    for (int first = 0, last; status == OK && first < result_rows(rows); first = last) {
        last = window_rows_of(rows, first);
        status = windows_of_corridor(book, rows, first, last, error);
    }
    return status;
}

/* ---- fees ---- */

static enum status fees_take(struct book *book, struct db *db, struct error *error)
{
    enum status status = OK;

    for (size_t i = 0; i < book->corridor_count; i++) {
        struct book_corridor *corridor = &book->corridors[i];

        for (size_t j = 0; status == OK && j < corridor->window_count; j++)
            status = fee_book_find(book->fee_book, db, corridor->corridor_id,
                                   corridor->versions[j], error, &corridor->fees[j]);
    }
    return status;
}

/* ---- cuts ---- */

static enum status cuts_take(struct book *book, const struct result *rows, struct error *error)
{
    book->cut_count = (size_t)result_rows(rows);
    book->cuts = arena_alloc(&book->arena, (book->cut_count + 1) * sizeof *book->cuts);
    if (book->cuts == NULL)
        return book_full(error);
    for (int i = 0; i < result_rows(rows); i++)
        book->cuts[i] = (struct book_cut){.window_id = result_int64(rows, i, 0),
                                          .source_id = (int32_t)result_int64(rows, i, 1),
                                          .partition = (int32_t)result_int64(rows, i, 2),
                                          .cut_offset = result_int64(rows, i, 3)};
    return OK;
}

static int64_t cut_of(const struct book *book, int64_t window_id, int32_t source_id,
                      int32_t partition)
{
    for (size_t i = 0; i < book->cut_count; i++)
        if (book->cuts[i].window_id == window_id && book->cuts[i].source_id == source_id &&
            book->cuts[i].partition == partition)
            return book->cuts[i].cut_offset;
    return WINDOW_NO_CUT;
}

const int64_t *book_cuts(struct book *book, const struct book_corridor *corridor,
                         int32_t source_id, int32_t partition)
{
    int64_t *cuts;

    if (book->cut_count == 0)
        return corridor->cuts;
    cuts = arena_alloc(&book->arena, (corridor->window_count + 1) * sizeof *cuts);
    for (size_t i = 0; cuts != NULL && i < corridor->window_count; i++)
        cuts[i] = cut_of(book, corridor->windows[i].window_id, source_id, partition);
    return cuts;
}

/* ---- all of it ---- */

typedef enum status book_take(struct book *book, const struct result *rows, struct error *error);

static enum status book_read(struct book *book, struct db *db, const char *sql,
                             const struct params *params, book_take *take, struct error *error)
{
    struct result *rows = NULL;
    enum status status = db_run(db, sql, params, error, &rows);

    if (status == OK)
        status = take(book, rows, error);
    result_free(rows);
    return status;
}

enum status book_refresh(struct book *book, struct db *db, int32_t day, struct error *error)
{
    struct book fresh;
    struct params params;
    enum status status;

    book_init(&fresh, book->fee_book);
    params_init(&params, 64);
    params_date(&params, day);
    status = book_read(&fresh, db, ingest_sql_participants, NULL, participants_take, error);
    if (status == OK)
        status = book_read(&fresh, db, ingest_sql_corridors, &params, corridors_take, error);
    if (status == OK)
        status = book_read(&fresh, db, ingest_sql_corridor_members, &params, members_take, error);
    if (status == OK)
        status = book_read(&fresh, db, ingest_sql_windows_open, NULL, windows_take, error);
    if (status == OK)
        status = fees_take(&fresh, db, error);
    if (status == OK)
        status = book_read(&fresh, db, ingest_sql_window_cuts, NULL, cuts_take, error);
    params_done(&params);
    if (status != OK) {
        book_done(&fresh);
        return status;
    }
    fresh.version = book->version + 1;
    book_done(book);
    *book = fresh;
    return OK;
}
