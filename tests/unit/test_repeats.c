/*
 * test_repeats.c - equal bookings of a statement are numbered in its order, whatever else is in it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "repeats.h"

#include <stdlib.h>

/* The key of a booking that is equal to those of the same number. */
static struct digest key_of(int64_t number)
{
    return sha256((struct text){(const char *)&number, sizeof number});
}

/* Every key `times` times, one round after the other. */
static void rounds_are_numbered(struct repeats *repeats, int64_t count, int32_t times)
{
    for (int32_t round = 1; round <= times; round++) {
        for (int64_t i = 0; i < count; i++) {
            struct digest key = key_of(i);

            repeats_see(repeats, &key);
        }
    }
    for (int again = 0; again < 2; again++) { /* the same answers, however often it is asked */
        repeats_begin(repeats);
        for (int32_t round = 1; round <= times; round++) {
            for (int64_t i = 0; i < count; i++) {
                struct digest key = key_of(i);

                assert_int_equal(repeats_next(repeats, &key), round);
            }
        }
    }
}

static void equal_keys_are_numbered(void **state)
{
    static struct repeats repeats;

    (void)state;
    repeats_init(&repeats);
    rounds_are_numbered(&repeats, 1, 1);
    repeats_clear(&repeats);
    rounds_are_numbered(&repeats, 1, 100000);
    repeats_clear(&repeats);
    rounds_are_numbered(&repeats, 5000, 3);
    assert_int_equal(repeats.used_count, 5000);
    repeats_done(&repeats);
}

static void different_keys_take_no_memory(void **state)
{
    enum { COUNT = 1000000 };
    static struct repeats repeats;

    (void)state;
    repeats_init(&repeats);
    rounds_are_numbered(&repeats, COUNT, 1);
    assert_true(repeats.used_count < COUNT / 1000); /* what the filter took for another */
    repeats_done(&repeats);
}

static void the_next_statement_begins_anew(void **state)
{
    static struct repeats repeats;

    (void)state;
    repeats_init(&repeats);
    rounds_are_numbered(&repeats, 1000, 2);
    repeats_clear(&repeats);
    rounds_are_numbered(&repeats, 1000, 1);
    assert_int_equal(repeats.used_count, 0);
    repeats_done(&repeats);
    repeats_done(&repeats);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_keys_are_numbered),
        cmocka_unit_test(different_keys_take_no_memory),
        cmocka_unit_test(the_next_statement_begins_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
