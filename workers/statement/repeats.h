/*
 * repeats.h - how often a booking's key came before within one statement, in memory that does not
 * grow with the statement.
 *
 *   repeats_see(&repeats, &key) ..           all of them
 *   repeats_begin(&repeats)
 *   repeats_next(&repeats, &key) ..          all again, in the same order: 1, 2, ...
 *   repeats_clear(&repeats)                  for the next statement
 *
 * Nearly all keys of a statement are different. A filter of fixed size (Bloom: four bits a key)
 * tells those that came for the first time; the few others are counted one by one.
 *
 * (1) A key that repeats is always among those that are counted; one that does not may be, too,
 *     where the filter errs: below 1 in 100 at ten million keys.
 * (2) Memory: FILTER_SIZE, of which as much is touched as keys need, and 24 bytes twice for each
 *     key that is counted.
 */
#ifndef SAWA_STATEMENT_REPEATS_H
#define SAWA_STATEMENT_REPEATS_H

#include "base/crypto.h"

enum { FILTER_PAGE_SIZE = 4096, FILTER_PAGES = 4096 };
enum { FILTER_SIZE = FILTER_PAGE_SIZE * FILTER_PAGES };

struct repeat;

struct repeats {
    unsigned char *filter;
    bool touched[FILTER_PAGES];
    struct repeat *slots; /* open addressing, half of them free */
    size_t slot_count;
    size_t used_count;
};

void repeats_init(struct repeats *repeats);
void repeats_done(struct repeats *repeats); /* half-built is fine */
void repeats_clear(struct repeats *repeats);

void repeats_see(struct repeats *repeats, const struct digest *key);
void repeats_begin(struct repeats *repeats);
int32_t repeats_next(struct repeats *repeats, const struct digest *key);

#endif
