/*
 * fee_book.c - see fee_book.h.
 */
#include "fee_book.h"

#include "store/fee_store.h"

#include <stdlib.h>

enum { FEE_BOOK_BLOCK = 64 * 1024, FEE_BOOK_BYTES_MAX = 64 * 1024 * 1024 };

struct fee_book *fee_book_new(void)
{
    struct fee_book *book = calloc(1, sizeof *book);

    if (book != NULL)
        arena_init(&book->arena, FEE_BOOK_BLOCK, FEE_BOOK_BYTES_MAX);
    return book;
}

void fee_book_free(struct fee_book *book)
{
    if (book == NULL)
        return;
    arena_done(&book->arena);
    free(book);
}

enum status fee_book_find(struct fee_book *book, struct db *db, int32_t corridor_id,
                          int32_t version, struct error *error,
                          const struct fee_schedule **ret_schedule)
{
    struct fee_schedule *next = &book->schedules[book->count];
    enum status status;

    for (size_t i = 0; i < book->count; i++) {
        const struct fee_schedule *schedule = &book->schedules[i];

        if (schedule->corridor_id == corridor_id && schedule->version == version) {
            *ret_schedule = schedule;
            return OK;
        }
    }
    if (book->count == FEE_BOOK_MAX)
        return error_set(error, FATAL, "more than %d corridor versions: start the worker again",
                         FEE_BOOK_MAX);
    status = fee_schedule_read(db, corridor_id, version, &book->arena, error, next);
    if (status != OK)
        return status;
    book->count++;
    *ret_schedule = next;
    return OK;
}
