/*
 * uuid_map.c - see uuid_map.h.
 */
#include "base/uuid_map.h"

static size_t hash_of(const struct uuid *id)
{
    uint64_t parts[2];

    memcpy(parts, id->bytes, sizeof parts);
    parts[0] = (parts[0] ^ parts[1]) * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(parts[0] ^ parts[0] >> 29);
}

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

/* The slot of an id, or the free one where it would stand. */
static struct uuid_map_slot *slot_of(const struct uuid_map *map, const struct uuid *id)
{
    size_t at = hash_of(id) & map->mask;

    while (map->slots[at].used && uuid_compare(&map->slots[at].id, id) != 0)
        at = (at + 1) & map->mask;
    return &map->slots[at];
}

struct uuid_map_slot *uuid_map_find(const struct uuid_map *map, const struct uuid *id)
{
    struct uuid_map_slot *slot = slot_of(map, id);

    return slot->used ? slot : NULL;
}

struct uuid_map_slot *uuid_map_put(struct uuid_map *map, const struct uuid *id)
{
    struct uuid_map_slot *slot = slot_of(map, id);

    if (slot->used)
        return slot;
    assert(map->left > 0); /* (1) */
    map->left--;
    slot->id = *id;
    slot->used = true;
    return slot;
}
