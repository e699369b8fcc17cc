/*
 * recent.c - see recent.h.
 */
#include "recent.h"

#include <stdlib.h>

enum { BUCKET_SLOTS = 32 };

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

    assert(slots >= BUCKET_SLOTS && (slots & (slots - 1)) == 0);
    if (recent == NULL)
        return NULL;
    recent->mask = slots / BUCKET_SLOTS - 1;
    recent->buckets = aligned_alloc(sizeof(struct bucket), slots * sizeof(uint16_t));
    if (recent->buckets == NULL) {
        free(recent);
        return NULL;
    }
    memset(recent->buckets, 0, slots * sizeof(uint16_t));
    return recent;
}

void recent_free(struct recent *recent)
{
    if (recent == NULL)
        return;
    free(recent->buckets);
    free(recent);
}

/* Ids may be time-ordered or chosen by a sender: both halves are mixed (splitmix64's constants). */
static uint64_t mix(const struct uuid *id)
{
    uint64_t high;
    uint64_t low;

    memcpy(&high, id->bytes, 8);
    memcpy(&low, id->bytes + 8, 8);
    high ^= low * UINT64_C(0x9E3779B97F4A7C15);
    high = (high ^ high >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    high = (high ^ high >> 27) * UINT64_C(0x94D049BB133111EB);
    return high ^ high >> 31;
}

void recent_expect(const struct recent *recent, const struct uuid *id)
{
    __builtin_prefetch(&recent->buckets[mix(id) & recent->mask], 1);
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

bool recent_add(struct recent *recent, const struct uuid *id)
{
    uint64_t hash = mix(id);
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
