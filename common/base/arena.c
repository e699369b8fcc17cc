/*
 * arena.c - see arena.h.
 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>

/* Under the address sanitizer, what a reset took back may not be read any more. */
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#endif

struct arena_block {
    struct arena_block *next;
    size_t size;
    size_t used;
    alignas(max_align_t) char data[];
};

void arena_init(struct arena *arena, size_t block_size, size_t max)
{
    assert(block_size > 0 && block_size <= max);
    *arena = (struct arena){.block_size = block_size, .max = max};
}

void arena_done(struct arena *arena)
{
    if (arena == NULL)
        return;
    for (struct arena_block *block = arena->first, *next; block != NULL; block = next) {
        next = block->next;
        ASAN_UNPOISON_MEMORY_REGION(block->data, block->size);
        free(block);
    }
    *arena = (struct arena){.block_size = arena->block_size, .max = arena->max};
}

/* Not inlined: gcc 14 takes the macro's pointer to const for a read of what was just allocated. */
static __attribute__((noinline)) void poison(struct arena_block *block)
{
    ASAN_POISON_MEMORY_REGION(block->data, block->size);
}

void arena_reset(struct arena *arena)
{
    for (struct arena_block *block = arena->first; block != NULL; block = block->next) {
        block->used = 0;
        poison(block);
    }
    arena->current = arena->first;
}

/* Puts a new block behind the current one; NULL past the ceiling (1). */
static struct arena_block *arena_add(struct arena *arena, size_t size)
{
    size_t block_size = size > arena->block_size ? size : arena->block_size;
    struct arena_block *block;

    if (block_size > arena->max - arena->total)
        return NULL;
    block = malloc(sizeof *block + block_size);
    if (block == NULL)
        return NULL;
    block->size = block_size;
    block->used = 0;
    poison(block);
    block->next = arena->current == NULL ? NULL : arena->current->next;
    if (arena->current == NULL)
        arena->first = block;
    else
        arena->current->next = block;
    arena->total += block_size;
    return block;
}

static struct arena_block *arena_with_room(struct arena *arena, size_t size)
{
    while (arena->current != NULL) {
        if (size <= arena->current->size - arena->current->used)
            return arena->current;
        if (arena->current->next == NULL)
            break;
        arena->current = arena->current->next;
    }
    return arena_add(arena, size);
}

void *arena_bytes(struct arena *arena, size_t size)
{
    size_t rounded = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    struct arena_block *block;
    void *place;

    if (rounded < size || rounded > arena->max)
        return NULL;
    block = arena_with_room(arena, rounded);
    if (block == NULL)
        return NULL;
    arena->current = block;
    place = block->data + block->used;
    block->used += rounded;
    ASAN_UNPOISON_MEMORY_REGION(place, rounded);
    return place;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    void *place = arena_bytes(arena, size);

    if (place != NULL)
        memset(place, 0, size);
    return place;
}

struct text arena_text(struct arena *arena, struct text text)
{
    char *copy = arena_bytes(arena, text.size > 0 ? text.size : 1);

    if (copy == NULL)
        return (struct text){NULL, 0};
    if (text.size > 0)
        memcpy(copy, text.data, text.size);
    return (struct text){copy, text.size};
}

char *arena_string(struct arena *arena, struct text text)
{
    char *copy = arena_bytes(arena, text.size + 1);

    if (copy == NULL)
        return NULL;
    if (text.size > 0)
        memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    return copy;
}
