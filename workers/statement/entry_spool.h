/*
 * entry_spool.h - the entries of one statement on their way into the database, in an unlinked file:
 * memory stays flat, however many they are.
 *
 * Whose account they are of, when the statement closes, and whether it loads at all is known behind
 * them. So what an entry says by itself is written down as it is read, and becomes a tuple of COPY
 * when the statement has ended.
 *
 *   spool   { head, identity, fields } { head, identity, fields } ..     (a file)
 *   keys    key key ..                                                   (another)
 *
 *   entry_spool_open(&spool, &error)
 *     entry_spool_add(&spool, entry, &error) ..            as they are read
 *     entry_spool_end(&spool, statement, &error)           their keys, and which of them repeat
 *     entry_spool_copy(&spool, db, sql, &end, ..)          once, or once more by another way
 *     entry_spool_clear(&spool)                            for the next statement
 *   entry_spool_close(&spool)
 *
 * (1) Kept is what a statement books: entries that are BOOK and not zero.
 * (2) Equal keys are numbered 1, 2, ... in the order of the statement.
 * (3) The same spool gives the same tuples, however often it is read.
 */
#ifndef SAWA_STATEMENT_ENTRY_SPOOL_H
#define SAWA_STATEMENT_ENTRY_SPOOL_H

#include "repeats.h"

#include "domain/leaf.h"
#include "domain/statement.h"
#include "store/db.h"

#include <stdio.h>

struct entry_spool {
    FILE *spool;
    FILE *keys;
    struct buffer identity, fields, remittance; /* of the entry at hand */
    struct buffer tuples;
    struct repeats repeats;

    int32_t count;      /* of entries kept (1) */
    int64_t tuple_size; /* of all tuples together */
    /* Of all entries with status BOOK, also of zero: */
    bool misfits; /* without amount, at another scale than their currency's, or of two currencies */
    currency currency; /* CURRENCY_NONE: no entry */
};

/* What is known when the statement has ended. */
struct entry_end {
    int32_t account_id;
    int64_t statement_id;
    const char *currency;
    calendar_date closing_date;
};

must_use enum status entry_spool_open(struct entry_spool *spool, struct error *error);
void entry_spool_close(struct entry_spool *spool); /* half-built is fine */
void entry_spool_clear(struct entry_spool *spool);

must_use enum status entry_spool_add(struct entry_spool *spool, const struct statement_entry *entry,
                                     struct error *error);
must_use enum status entry_spool_end(struct entry_spool *spool, const struct statement *statement,
                                     struct error *error);

/* COPY by sql; effects NULL: they were told before. DUPLICATE: one was there already. */
must_use enum status entry_spool_copy(struct entry_spool *spool, struct db *db, const char *sql,
                                      const struct entry_end *end, struct effects *effects,
                                      struct error *error, int64_t *ret_rows);

/* True when every entry is in the currency and scale of the account: a proof can hold it. */
bool entry_spool_fits(const struct entry_spool *spool, const struct statement *statement);

#endif
