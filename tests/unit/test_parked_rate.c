/*
 * test_parked_rate.c - when too many records of a partition are parked: a share of the last minute,
 * above a floor.
 */
#include "runtime/parked_rate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SECOND = 1000 * 1000 };

static const struct parked_limits limits = {.parked_max = 1000, .share_percent = 50};

static void one_percent_at_full_speed_goes_on(void **state)
{
    struct parked_rate rate = {0};

    (void)state;
    for (int64_t second = 0; second < 120; second++) {
        parked_rate_add(&rate, second * SECOND, 300000, 3000);
        assert_false(parked_rate_exceeds(&rate, second * SECOND, &limits));
    }
}

static void a_small_burst_goes_on_and_the_floor_is_exact(void **state)
{
    struct parked_rate rate = {0};

    (void)state;
    parked_rate_add(&rate, 0, 999, 999);
    assert_false(parked_rate_exceeds(&rate, 0, &limits));
    parked_rate_add(&rate, 0, 1, 1);
    assert_true(parked_rate_exceeds(&rate, 0, &limits));
}

static void half_is_not_more_than_half(void **state)
{
    struct parked_rate rate = {0};

    (void)state;
    parked_rate_add(&rate, 0, 4000, 2000);
    assert_false(parked_rate_exceeds(&rate, 0, &limits));
    parked_rate_add(&rate, 0, 0, 1); /* found later, in a record that was counted */
    assert_true(parked_rate_exceeds(&rate, 0, &limits));
}

static void a_minute_is_remembered_and_no_more(void **state)
{
    struct parked_rate rate = {0};

    (void)state;
    parked_rate_add(&rate, 7 * SECOND, 1000, 1000);
    assert_true(parked_rate_exceeds(&rate, 62 * SECOND, &limits));
    assert_false(parked_rate_exceeds(&rate, 67 * SECOND, &limits));
    parked_rate_add(&rate, 67 * SECOND, 10, 10); /* takes the old slot */
    assert_false(parked_rate_exceeds(&rate, 67 * SECOND, &limits));
}

static void zero_never_halts(void **state)
{
    static const struct parked_limits never = {0, 50};
    struct parked_rate rate = {0};

    (void)state;
    parked_rate_add(&rate, 0, 1000000, 1000000);
    assert_false(parked_rate_exceeds(&rate, 0, &never));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_percent_at_full_speed_goes_on),
        cmocka_unit_test(a_small_burst_goes_on_and_the_floor_is_exact),
        cmocka_unit_test(half_is_not_more_than_half),
        cmocka_unit_test(a_minute_is_remembered_and_no_more),
        cmocka_unit_test(zero_never_halts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
