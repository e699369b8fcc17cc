/*
 * repeats.c - see repeats.h.
 */
#include "repeats.h"

#include <stdlib.h>

enum { SLOTS_FIRST = 64, KEY_SIZE = 16, FILTER_BITS = 4, PAGE_BITS = FILTER_PAGE_SIZE * 8 };

/* The first half of a SHA-256 tells keys apart as well as the whole. */
struct repeat {
    unsigned char key[KEY_SIZE];
    int32_t count;
    bool used;
};

void repeats_init(struct repeats *repeats)
{
    *repeats = (struct repeats){.filter = calloc(FILTER_PAGES, FILTER_PAGE_SIZE)};
    assert(repeats->filter != NULL);
}

void repeats_done(struct repeats *repeats)
{
    free(repeats->filter);
    free(repeats->slots);
    *repeats = (struct repeats){.filter = NULL};
}

void repeats_clear(struct repeats *repeats)
{
    for (size_t page = 0; page < FILTER_PAGES; page++) {
        if (repeats->touched[page])
            memset(repeats->filter + page * FILTER_PAGE_SIZE, 0, FILTER_PAGE_SIZE);
        repeats->touched[page] = false;
    }
    free(repeats->slots);
    repeats->slots = NULL;
    repeats->slot_count = 0;
    repeats->used_count = 0;
}

/* Sets the bits of a key, all in one page. True when all of them were set already. */
static bool filter_add(struct repeats *repeats, const struct digest *key)
{
    uint16_t parts[FILTER_BITS + 1];
    unsigned char *page;
    bool came = true;

    memcpy(parts, key->bytes + KEY_SIZE, sizeof parts); /* the half that is no key of a slot */
    repeats->touched[parts[0] % FILTER_PAGES] = true;
    page = repeats->filter + (size_t)(parts[0] % FILTER_PAGES) * FILTER_PAGE_SIZE;
    for (size_t i = 1; i <= FILTER_BITS; i++) {
        unsigned bit = parts[i] % PAGE_BITS;
        unsigned char mask = (unsigned char)(1U << (bit % 8));

        came = came && (page[bit / 8] & mask) != 0;
        page[bit / 8] |= mask;
    }
    return came;
}

/* The slot of a key, or the free one where it belongs. */
static struct repeat *slot_of(struct repeat *slots, size_t slot_count, const unsigned char *key)
{
    uint64_t hash;
    size_t at;

    memcpy(&hash, key, sizeof hash);
    at = hash & (slot_count - 1);
    while (slots[at].used && memcmp(slots[at].key, key, KEY_SIZE) != 0)
        at = (at + 1) & (slot_count - 1);
    return &slots[at];
}

static void slots_grow(struct repeats *repeats)
{
    size_t count = repeats->slot_count == 0 ? SLOTS_FIRST : 2 * repeats->slot_count;
    struct repeat *slots = calloc(count, sizeof *slots);

    assert(slots != NULL);
    for (size_t i = 0; i < repeats->slot_count; i++) {
        if (repeats->slots[i].used)
            *slot_of(slots, count, repeats->slots[i].key) = repeats->slots[i];
    }
    free(repeats->slots);
    repeats->slots = slots;
    repeats->slot_count = count;
}

void repeats_see(struct repeats *repeats, const struct digest *key)
{
    struct repeat *slot;

    if (!filter_add(repeats, key))
        return;
    if (2 * (repeats->used_count + 1) > repeats->slot_count)
        slots_grow(repeats);
    slot = slot_of(repeats->slots, repeats->slot_count, key->bytes);
    if (slot->used)
        return;
    memcpy(slot->key, key->bytes, KEY_SIZE);
    slot->used = true;
    repeats->used_count++;
}

void repeats_begin(struct repeats *repeats)
{
    for (size_t i = 0; i < repeats->slot_count; i++)
        repeats->slots[i].count = 0;
}

int32_t repeats_next(struct repeats *repeats, const struct digest *key)
{
    struct repeat *slot;

    if (repeats->used_count == 0)
        return 1;
    slot = slot_of(repeats->slots, repeats->slot_count, key->bytes);
    return slot->used ? ++slot->count : 1;
}
