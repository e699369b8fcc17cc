/*
 * arena.h - memory with one lifetime.
 *
 * Sawa knows two lifetimes: the process, and the batch arena that is reset after
 * each commit (style: a third one is explained where it is made). Blocks are
 * kept over a reset, so a steady state allocates nothing.
 *
 * (1) The sum of the blocks never exceeds max.
 * (2) What arena_alloc returned is valid, and aligned for any type, until reset.
 */
#ifndef SAWA_BASE_ARENA_H
#define SAWA_BASE_ARENA_H

#include "base/text.h"

struct arena_block;

struct arena {
    struct arena_block *first; /* blocks in the order they are filled */
    struct arena_block *current;
    size_t block_size;
    size_t total;
    size_t max;
};

void arena_init(struct arena *arena, size_t block_size, size_t max);
void arena_done(struct arena *arena); /* NULL is fine */
void arena_reset(struct arena *arena);

/* Zeroed memory, or NULL past the ceiling (1): the caller says which limit that is. */
void *arena_alloc(struct arena *arena, size_t size);

/* The same without zeroing, for bytes that are written at once. */
void *arena_bytes(struct arena *arena, size_t size);

/* A copy that lives in the arena; data NULL past the ceiling. */
struct text arena_text(struct arena *arena, struct text text);
char *arena_string(struct arena *arena, struct text text); /* terminated */

#endif
