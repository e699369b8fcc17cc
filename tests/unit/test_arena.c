/*
 * test_arena.c - memory with one lifetime: bounded, aligned, zeroed, kept over a reset.
 */
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void is_aligned_and_zeroed_also_when_reused(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 256, 64 * 1024);
    for (int round = 0; round < 3; round++) {
        for (size_t size = 1; size < 400; size += 7) {
            char *at = arena_alloc(&arena, size);

            assert_non_null(at);
            assert_int_equal((uintptr_t)at % _Alignof(max_align_t), 0);
            for (size_t i = 0; i < size; i++)
                assert_int_equal(at[i], 0);
            memset(at, 0xee, size);
        }
        arena_reset(&arena);
    }
    arena_done(&arena);
}

static void places_do_not_overlap(void **state)
{
    struct arena arena;
    unsigned char *places[100];

    (void)state;
    arena_init(&arena, 128, 64 * 1024);
    for (size_t i = 0; i < 100; i++) {
        places[i] = arena_alloc(&arena, i + 1);
        memset(places[i], (int)i, i + 1);
    }
    for (size_t i = 0; i < 100; i++)
        for (size_t j = 0; j <= i; j++)
            assert_int_equal(places[i][j], i);
    arena_done(&arena);
}

static void never_passes_its_ceiling(void **state)
{
    struct arena arena;
    size_t given = 0;

    (void)state;
    arena_init(&arena, 1024, 8 * 1024);
    while (arena_alloc(&arena, 100) != NULL) {
        given += 100;
        assert_true(arena.total <= arena.max);
        assert_true(given <= 8 * 1024);
    }
    assert_true(given > 4 * 1024);
    assert_null(arena_alloc(&arena, SIZE_MAX));
    assert_null(arena_alloc(&arena, SIZE_MAX - 8));
    assert_null(arena_text(&arena, (struct text){"x", 9000}).data);
    arena_done(&arena);
}

static void a_steady_state_allocates_nothing(void **state)
{
    struct arena arena;
    size_t total;

    (void)state;
    arena_init(&arena, 1024, 1024 * 1024);
    for (int i = 0; i < 50; i++)
        assert_non_null(arena_alloc(&arena, 500));
    total = arena.total;
    for (int round = 0; round < 10; round++) {
        arena_reset(&arena);
        for (int i = 0; i < 50; i++)
            assert_non_null(arena_alloc(&arena, 500));
        assert_int_equal(arena.total, total);
    }
    arena_done(&arena);
    arena_done(NULL);
}

static void texts_are_copies(void **state)
{
    struct arena arena;
    char bytes[] = "KES";
    struct text text;
    char *string;

    (void)state;
    arena_init(&arena, 64, 1024);
    text = arena_text(&arena, (struct text){bytes, 3});
    string = arena_string(&arena, (struct text){bytes, 3});
    bytes[0] = 'X';
    assert_true(text_is(text, "KES"));
    assert_string_equal(string, "KES");
    assert_non_null(arena_text(&arena, TEXT("")).data);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_aligned_and_zeroed_also_when_reused),
        cmocka_unit_test(places_do_not_overlap),
        cmocka_unit_test(never_passes_its_ceiling),
        cmocka_unit_test(a_steady_state_allocates_nothing),
        cmocka_unit_test(texts_are_copies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
