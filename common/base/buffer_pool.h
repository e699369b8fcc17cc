/*
 * buffer_pool.h - large buffers that are used again.
 *
 * Memory that was touched once is cheap, memory that comes anew from the system is not: the pool
 * keeps what one batch has done with for the next.
 *
 * (1) At most BUFFER_POOL_MAX wait here, with at most kept_max bytes of capacity together; what is
 *     given beyond that is freed.
 * (2) A buffer waits with at most each_max bytes: one that grew large once would stay so for ever,
 *     and in time all would be as large as the largest ever needed.
 *
 * One thread calls a pool. The newest comes out first: it is the one still in the cache.
 */
#ifndef SAWA_BASE_BUFFER_POOL_H
#define SAWA_BASE_BUFFER_POOL_H

#include "base/buffer.h"

enum { BUFFER_POOL_MAX = 64 };

struct buffer_pool {
    size_t buffer_max; /* ceiling of each buffer taken */
    size_t each_max; /* (2) */
    size_t kept_max; /* (1) */
    size_t kept; /* sum of capacities */
    size_t count;
    struct buffer buffers[BUFFER_POOL_MAX];
};

void buffer_pool_init(struct buffer_pool *pool, size_t buffer_max, size_t each_max,
                      size_t kept_max);
void buffer_pool_done(struct buffer_pool *pool);

/* An empty buffer, the caller's until it is given back or done. */
struct buffer buffer_pool_take(struct buffer_pool *pool);

/* Takes the memory of *buffer, which is empty afterwards. pool NULL: it is freed. */
void buffer_pool_give(struct buffer_pool *pool, struct buffer *buffer);

#endif
