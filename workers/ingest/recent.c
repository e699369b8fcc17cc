/*
 * recent.c - see recent.h.
 */
#include "recent.h"

#include <stdlib.h>

struct recent {
    size_t mask;
    uint32_t fingerprints[];
};

struct recent *recent_new(size_t slots)
{
    struct recent *recent = calloc(1, sizeof *recent + slots * sizeof(uint32_t));

    assert(slots > 0 && (slots & (slots - 1)) == 0);
    if (recent != NULL)
        recent->mask = slots - 1;
    return recent;
}

void recent_free(struct recent *recent)
{
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
    __builtin_prefetch(&recent->fingerprints[mix(id) & recent->mask], 1);
}

bool recent_add(struct recent *recent, const struct uuid *id)
{
    uint64_t hash = mix(id);
    uint32_t fingerprint = (uint32_t)(hash >> 32) | 1; /* 0 is an empty slot */
    uint32_t *slot = &recent->fingerprints[hash & recent->mask];
    bool seen = *slot == fingerprint;

    *slot = fingerprint;
    return seen;
}
