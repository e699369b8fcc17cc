/*
 * test_progress.c - what a person is told of a large file.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "progress.h"

#include <unistd.h>

static void a_line_tells_share_pace_and_rest(void **state)
{
    struct progress progress = {.name = "a.sta", .total = 200000000, .begin_us = 1000000};
    char line[PROGRESS_LINE_SIZE];

    (void)state;
    progress_line(&progress, 1000000, line);
    assert_string_equal(line, "a.sta  0 %");
    progress.done = 50000000;
    progress_line(&progress, 2000000, line);
    assert_string_equal(line, "a.sta  25 %  50 MB/s  3 s left");
    progress.done = 200000000;
    progress_line(&progress, 5000000, line);
    assert_string_equal(line, "a.sta  100 %  50 MB/s  0 s left");
    progress.done = INT64_C(250000000); /* it grew while it was read */
    progress_line(&progress, 5000000, line);
    assert_string_equal(line, "a.sta  125 %  62 MB/s  0 s left");
}

static void of_a_long_path_the_end_is_told(void **state)
{
    static char path[400];
    struct progress progress = {.name = path, .total = 10, .done = 5, .begin_us = 0};
    char line[PROGRESS_LINE_SIZE];

    (void)state;
    memset(path, 'x', sizeof path - 1);
    memcpy(path + sizeof path - 5, ".sta", 4);
    progress_line(&progress, 1, line);
    assert_int_equal(strspn(line, "x"), 56);
    assert_non_null(strstr(line, "x.sta  50 %  5 MB/s  0 s left"));
}

/* Whether there is one or not, a small file is not told of; without one, none is. */
static void without_a_terminal_nothing_is_told(void **state)
{
    struct progress progress;

    (void)state;
    progress_begin(&progress, "a.sta", isatty(STDERR_FILENO) ? 1000 : INT64_C(1) << 40, 3);
    assert_null(progress.name);
    progress_add(&progress, 1000);
    progress_end(&progress);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_tells_share_pace_and_rest),
        cmocka_unit_test(of_a_long_path_the_end_is_told),
        cmocka_unit_test(without_a_terminal_nothing_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
