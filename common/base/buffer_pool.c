/*
 * buffer_pool.c - see buffer_pool.h.
 */
#include "base/buffer_pool.h"

void buffer_pool_init(struct buffer_pool *pool, size_t buffer_max, size_t each_max, size_t kept_max)
{
    *pool =
        (struct buffer_pool){.buffer_max = buffer_max, .each_max = each_max, .kept_max = kept_max};
}

void buffer_pool_done(struct buffer_pool *pool)
{
    for (size_t i = 0; i < pool->count; i++)
        buffer_done(&pool->buffers[i]);
    buffer_pool_init(pool, pool->buffer_max, pool->each_max, pool->kept_max);
}

struct buffer buffer_pool_take(struct buffer_pool *pool)
{
    struct buffer buffer;

    if (pool->count == 0) {
        buffer_init(&buffer, pool->buffer_max);
        return buffer;
    }
    buffer = pool->buffers[--pool->count];
    assert(pool->kept >= buffer.capacity);
    pool->kept -= buffer.capacity;
    buffer_clear(&buffer);
    return buffer;
}

void buffer_pool_give(struct buffer_pool *pool, struct buffer *buffer)
{
    buffer_clear(buffer);
    if (pool != NULL)
        buffer_trim(buffer, pool->each_max); /* (2) */
    if (pool == NULL || buffer->capacity == 0 || pool->count == BUFFER_POOL_MAX ||
        buffer->capacity > pool->kept_max - pool->kept) { /* (1) */
        buffer_done(buffer);
        return;
    }
    pool->kept += buffer->capacity;
    pool->buffers[pool->count++] = *buffer;
    buffer_init(buffer, pool->buffer_max);
}
