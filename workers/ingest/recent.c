/*
 * recent.c - see recent.h.
 */
#include "recent.h"

#include <stdlib.h>
#include <sys/mman.h>

enum { BUCKET_SLOTS = 32, HUGE_PAGE_SIZE = 2 * 1024 * 1024 };

struct bucket {
    uint16_t fingerprints[BUCKET_SLOTS]; /* newest first; 0: empty */
};

struct recent {
    size_t mask;
    struct bucket *buckets;
};

struct recent *recent_new(size_t slots)
{
    struct recent *recent = malloc(sizeof *recent);
    size_t size = slots * sizeof(uint16_t);
    size_t alignment = size < HUGE_PAGE_SIZE ? sizeof(struct bucket) : HUGE_PAGE_SIZE;

    assert(slots >= BUCKET_SLOTS && (slots & (slots - 1)) == 0);
    if (recent == NULL)
        return NULL;
    recent->mask = slots / BUCKET_SLOTS - 1;
    recent->buckets = aligned_alloc(alignment, size);
    if (recent->buckets == NULL) {
        free(recent);
        return NULL;
    }
    if (alignment == HUGE_PAGE_SIZE) /* a wish: every look goes to another page */
        (void)madvise(recent->buckets, size, MADV_HUGEPAGE);
    memset(recent->buckets, 0, size);
    return recent;
}

void recent_free(struct recent *recent)
{
    if (recent == NULL)
        return;
    free(recent->buckets);
    free(recent);
}

void recent_expect(const struct recent *recent, uint64_t hash)
{
    __builtin_prefetch(&recent->buckets[hash & recent->mask], 1);
}

/* All are compared: the compiler does it eight at a time. */
static bool bucket_has(const struct bucket *bucket, uint16_t fingerprint)
{
    unsigned has = 0;

    for (size_t i = 0; i < BUCKET_SLOTS; i++)
        has |= bucket->fingerprints[i] == fingerprint;
    return has != 0;
}

/* Those in front of place `at` move back by one. */
static void bucket_put(struct bucket *bucket, size_t at, uint16_t fingerprint)
{
    memmove(&bucket->fingerprints[1], &bucket->fingerprints[0],
            at * sizeof bucket->fingerprints[0]);
    bucket->fingerprints[0] = fingerprint;
}

bool recent_add(struct recent *recent, uint64_t hash)
{
    uint16_t fingerprint = hash >> 48 == 0 ? 1 : (uint16_t)(hash >> 48);
    struct bucket *bucket = &recent->buckets[hash & recent->mask];
    size_t at = 0;

    if (!bucket_has(bucket, fingerprint)) {
        bucket_put(bucket, BUCKET_SLOTS - 1, fingerprint);
        return false;
    }
    while (bucket->fingerprints[at] != fingerprint)
        at++;
    bucket_put(bucket, at, fingerprint); /* it may be a stranger's: both are remembered anew */
    return true;
}
