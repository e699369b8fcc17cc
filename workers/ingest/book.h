/*
 * book.h - the reference data that ingest decides on, as one snapshot in memory.
 *
 *   corridor code -> corridor -> members (participant -> obligation account)
 *                             -> windows that are open, by cut-off
 *   participant code -> participant
 *
 * Read by the reading thread alone; book_refresh replaces it whole, between records. That a
 * window may have closed since is no harm: validate looks again behind the gate.
 */
#ifndef SAWA_INGEST_BOOK_H
#define SAWA_INGEST_BOOK_H

#include "base/arena.h"
#include "domain/currency.h"
#include "domain/window.h"
#include "fee_book.h"
#include "store/db.h"

struct book_corridor {
    int32_t corridor_id;
    struct text code;
    currency source_currency;
    currency target_currency;
    currency settlement_currency;
    int64_t limit_minor;
    bool checks_rate;
    enum rounding rate_rounding;
    size_t window_count;
    struct window *windows;
    int64_t *cuts; /* WINDOW_NO_CUT each, but for book_cuts */
    int32_t *versions;                /* of the corridor, that each window opened with */
    const struct fee_schedule **fees; /* of that version */
    bool *names_parties;              /* its bank takes customers' payments one by one */
    /* obligation account of participant i, 0 where it takes no part; by index into participants */
    int32_t *accounts;
};

struct book_participant {
    int32_t participant_id;
    struct text code;
};

/* A cut that somebody made by hand of a window that is open (again): see window_cuts.sql. */
struct book_cut {
    int64_t window_id;
    int32_t source_id;
    int32_t partition;
    int64_t cut_offset;
};

struct book {
    struct arena arena;
    uint64_t version; /* rises with each refresh: cursors on windows begin anew */
    size_t corridor_count;
    struct book_corridor *corridors; /* by code */
    size_t participant_count;
    struct book_participant *participants; /* by code */
    size_t slot_count;                     /* hash of participants: index + 1 */
    uint32_t *slots;
    size_t cut_count;
    struct book_cut *cuts;
    struct fee_book *fee_book; /* outlives every version of the book */
};

/* fee_book stays the caller's. */
void book_init(struct book *book, struct fee_book *fee_book);
void book_done(struct book *book);

/* Reads everything anew; on an error the old snapshot stays. day: today. */
must_use enum status book_refresh(struct book *book, struct db *db, int32_t day,
                                  struct error *error);

/* NULL: unknown. */
const struct book_corridor *book_corridor(const struct book *book, struct text code);

/* Where the corridor's windows end in a partition, by index into windows; lives as long as this
 * version of the book. NULL: out of memory. */
const int64_t *book_cuts(struct book *book, const struct book_corridor *corridor,
                         int32_t source_id, int32_t partition);

/* SIZE_MAX: unknown. */
size_t book_participant(const struct book *book, struct text code);

#endif
