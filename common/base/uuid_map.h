/*
 * uuid_map.h - from ids to small numbers, within one arena. Open addressing, no removal.
 *
 * The caller gives the hash of an id, 64 well-mixed bits that it often knows already: an id that
 * lies far away in memory is looked at only where a hash agrees.
 *
 * (1) At most the count it was made for is put in; so half of the slots stay free and a search
 *     ends.
 */
#ifndef SAWA_BASE_UUID_MAP_H
#define SAWA_BASE_UUID_MAP_H

#include "base/arena.h"
#include "base/uuid.h"

struct uuid_map_slot {
    uint64_t hash;
    struct uuid id;
    uint32_t value; /* the caller's; 0 at first */
    bool used;
};

struct uuid_map {
    size_t mask;
    size_t left; /* how many more may be put in (1) */
    struct uuid_map_slot *slots;
};

/* Room for count ids. False: the arena is full. */
must_use bool uuid_map_make(struct uuid_map *map, size_t count, struct arena *arena);

/* The slot of an id, NULL where it is not in the map. */
struct uuid_map_slot *uuid_map_find(const struct uuid_map *map, uint64_t hash,
                                    const struct uuid *id);

/* The slot of an id, put in where it is missing. */
struct uuid_map_slot *uuid_map_put(struct uuid_map *map, uint64_t hash, const struct uuid *id);

#endif
