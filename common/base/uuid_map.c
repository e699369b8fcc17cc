/*
 * uuid_map.c - see uuid_map.h.
 */
#include "base/uuid_map.h"

bool uuid_map_make(struct uuid_map *map, size_t count, struct arena *arena)
{
    size_t slots = 16;

    while (slots < 2 * count)
        slots *= 2;
    map->mask = slots - 1;
    map->left = count;
    map->slots = arena_alloc(arena, slots * sizeof *map->slots);
    return map->slots != NULL;
}

static bool slot_is(const struct uuid_map_slot *slot, uint64_t hash, const struct uuid *id)
{
    return slot->hash == hash && uuid_compare(&slot->id, id) == 0;
}

/* The slot of an id, or the free one where it would stand. */
static struct uuid_map_slot *slot_of(const struct uuid_map *map, uint64_t hash,
                                     const struct uuid *id)
{
    size_t at = hash & map->mask;

    while (map->slots[at].used && !slot_is(&map->slots[at], hash, id))
        at = (at + 1) & map->mask;
    return &map->slots[at];
}

struct uuid_map_slot *uuid_map_find(const struct uuid_map *map, uint64_t hash,
                                    const struct uuid *id)
{
    struct uuid_map_slot *slot = slot_of(map, hash, id);

    return slot->used ? slot : NULL;
}

struct uuid_map_slot *uuid_map_put(struct uuid_map *map, uint64_t hash, const struct uuid *id)
{
    struct uuid_map_slot *slot = slot_of(map, hash, id);

    if (slot->used)
        return slot;
    assert(map->left > 0); /* (1) */
    map->left--;
    slot->hash = hash;
    slot->id = *id;
    slot->used = true;
    return slot;
}
