/*
 * recent.h - which 128-bit ids were seen lately: a bounded set that forgets the oldest.
 *
 * Buckets of 32 fingerprints of 16 bits, a cache line each; in a bucket the newest stands first
 * and the 33rd pushes the oldest out:
 *
 *   bucket of id ->  [ newest | ... | oldest ]       one look, one line of memory
 *
 * Many ways, because what decides is the id that is forgotten, not the one that is suspected: a
 * stranger called seen (1 in 2048 per look) is looked up for nothing, but one duplicate that was
 * forgotten costs its whole batch a second attempt, and the next ones a look-up of every row. Of
 * the last slots / 2 ids all but 1 in 3,000 are known. So "seen" makes a suspect, and "not seen"
 * promises nothing: the unique constraint stands behind it.
 */
#ifndef SAWA_INGEST_RECENT_H
#define SAWA_INGEST_RECENT_H

#include "base/uuid.h"

struct recent;

/* slots: a power of two, at least 32; 2 bytes each. NULL: out of memory. */
struct recent *recent_new(size_t slots);
void recent_free(struct recent *recent); /* NULL is fine */

/* hash: uuid_hash of an id, here and below. Says that it will be added soon: its place is far away
 * in memory. */
void recent_expect(const struct recent *recent, uint64_t hash);

/* Remembers the id; true when it was there already. */
bool recent_add(struct recent *recent, uint64_t hash);

#endif
