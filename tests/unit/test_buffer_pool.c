/*
 * test_buffer_pool.c - memory comes back, up to its ceilings.
 */
#include "base/buffer_pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { BUFFER_MAX = 1 << 20, EACH_MAX = 8192, KEPT_MAX = 3 * 4096 };

static struct buffer filled(struct buffer_pool *pool, size_t size)
{
    struct buffer buffer = buffer_pool_take(pool);

    assert_non_null(buffer_reserve(&buffer, size));
    buffer_commit(&buffer, size);
    return buffer;
}

static void the_newest_comes_out_first_and_empty(void **state)
{
    struct buffer_pool pool;
    struct buffer first;
    struct buffer second;
    char *memory;

    (void)state;
    buffer_pool_init(&pool, BUFFER_MAX, EACH_MAX, KEPT_MAX);
    first = filled(&pool, 4096);
    second = filled(&pool, 4096);
    memory = second.data;
    buffer_pool_give(&pool, &first);
    buffer_pool_give(&pool, &second);
    assert_null(second.data);
    assert_int_equal(second.size, 0);
    second = buffer_pool_take(&pool);
    assert_ptr_equal(second.data, memory);
    assert_int_equal(second.size, 0);
    assert_int_equal(pool.kept, 4096);
    buffer_pool_give(&pool, &second);
    buffer_pool_done(&pool);
    assert_int_equal(pool.kept, 0);
}

/* (1) */
static void what_is_above_a_ceiling_is_freed(void **state)
{
    struct buffer_pool pool;
    struct buffer buffers[4];

    (void)state;
    buffer_pool_init(&pool, BUFFER_MAX, EACH_MAX, KEPT_MAX);
    for (size_t i = 0; i < 4; i++)
        buffers[i] = filled(&pool, 4096);
    for (size_t i = 0; i < 4; i++)
        buffer_pool_give(&pool, &buffers[i]);
    assert_int_equal(pool.count, 3);
    assert_int_equal(pool.kept, KEPT_MAX);
    buffers[0] = filled(&pool, 2 * KEPT_MAX); /* the same memory, grown */
    buffer_pool_give(&pool, &buffers[0]);
    assert_int_equal(pool.count, 2);
    buffer_pool_done(&pool);
}

/* (2) */
static void what_grew_large_is_cut_back(void **state)
{
    struct buffer_pool pool;
    struct buffer buffer;

    (void)state;
    buffer_pool_init(&pool, BUFFER_MAX, EACH_MAX, KEPT_MAX);
    buffer = filled(&pool, 10 * EACH_MAX);
    buffer_pool_give(&pool, &buffer);
    assert_int_equal(pool.count, 1);
    assert_int_equal(pool.kept, EACH_MAX);
    buffer = filled(&pool, 2 * EACH_MAX); /* and grows again */
    assert_int_equal(buffer.size, 2 * EACH_MAX);
    buffer_pool_give(&pool, &buffer);
    buffer_pool_done(&pool);
}

static void many_small_ones_have_an_end_too(void **state)
{
    struct buffer_pool pool;
    struct buffer buffers[BUFFER_POOL_MAX + 1];

    (void)state;
    buffer_pool_init(&pool, BUFFER_MAX, EACH_MAX, BUFFER_MAX);
    for (size_t i = 0; i <= BUFFER_POOL_MAX; i++)
        buffers[i] = filled(&pool, 1);
    for (size_t i = 0; i <= BUFFER_POOL_MAX; i++)
        buffer_pool_give(&pool, &buffers[i]);
    assert_int_equal(pool.count, BUFFER_POOL_MAX);
    buffer_pool_done(&pool);
}

static void without_a_pool_it_is_freed(void **state)
{
    struct buffer_pool pool;
    struct buffer buffer;

    (void)state;
    buffer_pool_init(&pool, BUFFER_MAX, EACH_MAX, KEPT_MAX);
    buffer = filled(&pool, 100);
    buffer_pool_give(NULL, &buffer);
    assert_null(buffer.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_comes_out_first_and_empty),
        cmocka_unit_test(what_is_above_a_ceiling_is_freed),
        cmocka_unit_test(what_grew_large_is_cut_back),
        cmocka_unit_test(many_small_ones_have_an_end_too),
        cmocka_unit_test(without_a_pool_it_is_freed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
