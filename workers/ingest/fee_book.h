/*
 * fee_book.h - the fee schedules of the corridor versions that open windows belong to.
 *
 * A schedule is read once and stays where it is until the book is done: rows of batches that are
 * still on their way point at it.
 */
#ifndef SAWA_INGEST_FEE_BOOK_H
#define SAWA_INGEST_FEE_BOOK_H

#include "base/arena.h"
#include "domain/fee.h"
#include "store/db.h"

enum { FEE_BOOK_MAX = 4096 }; /* corridor versions in the life of one worker */

struct fee_book {
    struct arena arena;
    struct fee_schedule schedules[FEE_BOOK_MAX];
    size_t count;
};

/* NULL: out of memory. */
struct fee_book *fee_book_new(void);
void fee_book_free(struct fee_book *book);

/* The schedule of a corridor version, read where it is not known yet. */
must_use enum status fee_book_find(struct fee_book *book, struct db *db, int32_t corridor_id,
                                   int32_t version, struct error *error,
                                   const struct fee_schedule **ret_schedule);

#endif
