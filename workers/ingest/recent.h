/*
 * recent.h - which 128-bit ids were seen lately: a bounded set that forgets the oldest.
 *
 * Buckets of eight 32-bit fingerprints, half a cache line each; in a bucket the newest stands
 * first and the ninth pushes the oldest out:
 *
 *   bucket of id ->  [ newest | ... | oldest ]       one look, one line of memory
 *
 * It may call an id seen that is not (8 in 2^32 per look, then it is looked up for nothing), and it
 * forgets an id when eight others came into its bucket. So "seen" makes a suspect, and "not seen"
 * promises nothing: the unique constraint stands behind it.
 */
#ifndef SAWA_INGEST_RECENT_H
#define SAWA_INGEST_RECENT_H

#include "base/uuid.h"

struct recent;

/* slots: a power of two, at least 8; 4 bytes each. NULL: out of memory. */
struct recent *recent_new(size_t slots);
void recent_free(struct recent *recent); /* NULL is fine */

/* Says that this id will be added soon: its place is far away in memory. */
void recent_expect(const struct recent *recent, const struct uuid *id);

/* Remembers the id; true when it was there already. */
bool recent_add(struct recent *recent, const struct uuid *id);

#endif
