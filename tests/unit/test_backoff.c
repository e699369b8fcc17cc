/*
 * test_backoff.c - waits that grow, vary, end, and stop at once; and the signal flags.
 */
#include "runtime/backoff.h"

#include "base/clock.h"
#include "runtime/stop.h"

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

enum { MANY = 100 };

static const struct backoff_policy steep = {.first_ms = 100, .ceiling_ms = 2000};

static int begin(void **state)
{
    (void)state;
    stop_install();
    stop_reset();
    return 0;
}

/* The n-th wait lies in [full/2, full], full = min(100 * 2^n, 2000). */
static void waits_grow_to_the_ceiling(void **state)
{
    struct backoff backoff;
    int64_t full_ms = steep.first_ms;

    (void)state;
    backoff_init(&backoff, &steep, 7);
    for (int i = 0; i < MANY; i++) {
        int64_t wait_ms = backoff_next_ms(&backoff, 0);

        assert_in_range(wait_ms, full_ms / 2, full_ms);
        full_ms = full_ms * 2 < steep.ceiling_ms ? full_ms * 2 : steep.ceiling_ms;
    }
    backoff_reset(&backoff);
    assert_in_range(backoff_next_ms(&backoff, 0), 50, 100);
}

static void a_seed_reproduces_and_seeds_differ(void **state)
{
    struct backoff first, again, other;
    int differing = 0;

    (void)state;
    backoff_init(&first, &steep, 1);
    backoff_init(&again, &steep, 1);
    backoff_init(&other, &steep, 2);
    for (int i = 0; i < MANY; i++) {
        int64_t wait_ms = backoff_next_ms(&first, 0);

        assert_int_equal(wait_ms, backoff_next_ms(&again, 0));
        differing += wait_ms != backoff_next_ms(&other, 0);
    }
    assert_true(differing > MANY / 2);
}

static void ends_when_the_time_has_passed(void **state)
{
    const struct backoff_policy policy = {.first_ms = 100, .ceiling_ms = 1000, .end_ms = 500};
    struct backoff backoff;
    int64_t start_us = 5 * US_PER_SECOND;

    (void)state;
    backoff_init(&backoff, &policy, 3);
    assert_in_range(backoff_next_ms(&backoff, start_us), 50, 100);
    assert_int_equal(backoff_next_ms(&backoff, start_us + 490000), 10); /* not past the end */
    assert_int_equal(backoff_next_ms(&backoff, start_us + 500000), -1);
    backoff_reset(&backoff); /* it worked: the next failure starts a new count */
    assert_in_range(backoff_next_ms(&backoff, start_us + 900000), 50, 100);
    assert_in_range(backoff_next_ms(&backoff, start_us + 900000), 100, 200);
}

static void one_millisecond_is_the_least(void **state)
{
    const struct backoff_policy policy = {.first_ms = 1, .ceiling_ms = 1};
    struct backoff backoff;

    (void)state;
    backoff_init(&backoff, &policy, 0);
    for (int i = 0; i < MANY; i++)
        assert_int_equal(backoff_next_ms(&backoff, 0), 1);
}

static void waits_by_the_clock(void **state)
{
    const struct backoff_policy policy = {.first_ms = 20, .ceiling_ms = 20, .end_ms = 15};
    int64_t start_us = clock_monotonic_us();
    struct backoff backoff;

    (void)state;
    backoff_init(&backoff, &policy, 0);
    assert_int_equal(backoff_wait(&backoff), BACKOFF_AGAIN);
    assert_true(clock_monotonic_us() - start_us >= 10000);
    while (backoff_wait(&backoff) == BACKOFF_AGAIN)
        ;
    assert_int_equal(backoff_wait(&backoff), BACKOFF_ENDED);
}

static void *terminate_soon(void *argument)
{
    (void)argument;
    poll(NULL, 0, 30);
    kill(getpid(), SIGTERM);
    return NULL;
}

static void a_signal_ends_a_wait_at_once(void **state)
{
    const struct backoff_policy policy = {.first_ms = 60000, .ceiling_ms = 60000};
    int64_t start_us = clock_monotonic_us();
    struct pollfd wake = {.fd = stop_fd(), .events = POLLIN};
    struct backoff backoff;
    pthread_t thread;

    (void)state;
    backoff_init(&backoff, &policy, 0);
    assert_int_equal(pthread_create(&thread, NULL, terminate_soon, NULL), 0);
    assert_int_equal(backoff_wait(&backoff), BACKOFF_STOPPED);
    assert_true(clock_monotonic_us() - start_us < 5 * US_PER_SECOND);
    pthread_join(thread, NULL);
    assert_true(stop_asked());
    assert_true(stop_wait(60000)); /* and every later one */
    assert_int_equal(poll(&wake, 1, 0), 1);
}

static void a_second_signal_changes_nothing(void **state)
{
    (void)state;
    raise(SIGTERM);
    raise(SIGTERM);
    raise(SIGINT);
    assert_true(stop_asked());
    stop_reset();
    assert_false(stop_asked());
    assert_false(stop_wait(1));
}

static void reload_is_told_once(void **state)
{
    (void)state;
    assert_false(stop_take_reload());
    raise(SIGHUP);
    raise(SIGHUP);
    assert_false(stop_asked());
    assert_true(stop_take_reload());
    assert_false(stop_take_reload());
}

static void a_broken_pipe_is_an_answer(void **state)
{
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    assert_int_equal(write(ends[1], "x", 1), -1); /* and the process lives */
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(waits_grow_to_the_ceiling, begin),
        cmocka_unit_test_setup(a_seed_reproduces_and_seeds_differ, begin),
        cmocka_unit_test_setup(ends_when_the_time_has_passed, begin),
        cmocka_unit_test_setup(one_millisecond_is_the_least, begin),
        cmocka_unit_test_setup(waits_by_the_clock, begin),
        cmocka_unit_test_setup(a_signal_ends_a_wait_at_once, begin),
        cmocka_unit_test_setup(a_second_signal_changes_nothing, begin),
        cmocka_unit_test_setup(reload_is_told_once, begin),
        cmocka_unit_test_setup(a_broken_pipe_is_an_answer, begin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
