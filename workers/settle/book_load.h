/*
 * book_load.h - a corridor book on its way into the database: corridor.c, bank_profile.c and
 * fee_load.c.
 */
#ifndef SAWA_SETTLE_BOOK_LOAD_H
#define SAWA_SETTLE_BOOK_LOAD_H

#include "book_file.h"
#include "settle.h"

struct load {
    struct settle *settle;
    struct business *tx;
    const struct book_document *document;
    const struct corridor_book *book;
    struct buffer lines; /* of the corridor at hand */
    struct buffer before;
    struct buffer told; /* what a person reads at the end */
    int64_t added_count;
};

/* Where participants are paid: stored once, refused where it is stored otherwise. */
must_use enum status participant_accounts_merge(struct load *load, struct error *error);

/* The fees of a corridor version that is being stored, and the accounts that keep them. */
must_use enum status corridor_fees_insert(struct load *load, const struct corridor *corridor,
                                          struct error *error);

/* How banks want their instructions, version by version. */
must_use enum status bank_profiles_merge(struct load *load, struct error *error);

#endif
