/*
 * test_metrics.c - the page to the letter, its ceilings, and updates from many threads.
 */
#include "runtime/metrics.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const struct metric_buckets three = {.count = 3, .bounds = {1000, 250000, 1500000}};
static const struct metric_buckets sizes = {.count = 2, .bounds = {10, 1000}};

static struct buffer page;

static int begin(void **state)
{
    (void)state;
    buffer_init(&page, 1024 * 1024);
    return 0;
}

static int end(void **state)
{
    (void)state;
    buffer_done(&page);
    metrics_done();
    return 0;
}

/* The page as it is now, terminated. */
static const char *rendered(void)
{
    buffer_clear(&page);
    metrics_render(&page);
    buffer_byte(&page, '\0');
    assert_false(buffer_failed(&page));
    return page.data;
}

static void renders_the_golden_page(void **state)
{
    struct metric *applied =
        metrics_counter("sawa_records_total", "Records by outcome.",
                        METRIC_LABEL("topic", "payments"), METRIC_LABEL("outcome", "applied"));
    struct metric *parked =
        metrics_counter("sawa_records_total", "Records by outcome.",
                        METRIC_LABEL("topic", "payments"), METRIC_LABEL("outcome", "parked"));
    struct metric *lag = metrics_gauge("sawa_lag_seconds", "Age of the oldest record.");
    struct metric *commit = metrics_histogram(&three, "sawa_commit_seconds", "Time of a commit.",
                                              METRIC_LABEL("worker", "ingest"));
    struct metric *batch = metrics_histogram(&sizes, "sawa_batch_records", "Records per batch.");

    (void)state;
    metric_add(applied, 49999);
    metric_add(applied, 1);
    metric_add(parked, 3);
    metric_set(lag, -1250000);
    metric_observe(commit, 1000); /* a bound belongs to its bucket */
    metric_observe(commit, 1001);
    metric_observe(commit, 2000000);
    metric_observe(batch, 11);
    assert_string_equal(rendered(),
                        "# HELP sawa_records_total Records by outcome.\n"
                        "# TYPE sawa_records_total counter\n"
                        "sawa_records_total{topic=\"payments\",outcome=\"applied\"} 50000\n"
                        "sawa_records_total{topic=\"payments\",outcome=\"parked\"} 3\n"
                        "# HELP sawa_lag_seconds Age of the oldest record.\n"
                        "# TYPE sawa_lag_seconds gauge\n"
                        "sawa_lag_seconds -1.25\n"
                        "# HELP sawa_commit_seconds Time of a commit.\n"
                        "# TYPE sawa_commit_seconds histogram\n"
                        "sawa_commit_seconds_bucket{worker=\"ingest\",le=\"0.001\"} 1\n"
                        "sawa_commit_seconds_bucket{worker=\"ingest\",le=\"0.25\"} 2\n"
                        "sawa_commit_seconds_bucket{worker=\"ingest\",le=\"1.5\"} 2\n"
                        "sawa_commit_seconds_bucket{worker=\"ingest\",le=\"+Inf\"} 3\n"
                        "sawa_commit_seconds_sum{worker=\"ingest\"} 2.002001\n"
                        "sawa_commit_seconds_count{worker=\"ingest\"} 3\n"
                        "# HELP sawa_batch_records Records per batch.\n"
                        "# TYPE sawa_batch_records histogram\n"
                        "sawa_batch_records_bucket{le=\"10\"} 0\n"
                        "sawa_batch_records_bucket{le=\"1000\"} 1\n"
                        "sawa_batch_records_bucket{le=\"+Inf\"} 1\n"
                        "sawa_batch_records_sum 11\n"
                        "sawa_batch_records_count 1\n");
    assert_int_equal(metric_value(commit), 3);
    assert_int_equal(metric_value(applied), 50000);
}

static void same_name_and_labels_are_one_metric(void **state)
{
    struct metric *first = metrics_gauge("sawa_open_windows", "Windows.", METRIC_LABEL("c", "x"));

    (void)state;
    assert_ptr_equal(first, metrics_gauge("sawa_open_windows", "Windows.", METRIC_LABEL("c", "x")));
    assert_ptr_not_equal(first,
                         metrics_gauge("sawa_open_windows", "Windows.", METRIC_LABEL("c", "y")));
}

static void escapes_label_values(void **state)
{
    char longest[METRIC_VALUE_MAX + 10];

    (void)state;
    metrics_gauge("sawa_odd", "Odd.", METRIC_LABEL("v", "a\"b\\c\nd\177 \xc3\xa9 "));
    assert_non_null(strstr(rendered(), "sawa_odd{v=\"a\\\"b\\\\c?d? \xc3\xa9 \"} 0\n"));
    metrics_gauge("sawa_odd", "Odd.", METRIC_LABEL("v", "\xff!"));
    assert_non_null(strstr(rendered(), "sawa_odd{v=\"?!\"} 0\n"));
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    metrics_gauge("sawa_odd", "Odd.", METRIC_LABEL("v", longest));
    assert_int_equal(strspn(strstr(rendered(), "xxx"), "x"), METRIC_VALUE_MAX);
}

/* (3) What comes in from outside as a label cannot grow memory. */
static void too_many_label_sets_become_other(void **state)
{
    struct metric *last = NULL;
    char value[16];
    size_t lines = 0;

    (void)state;
    for (int i = 0; i < 2 * METRIC_SERIES_MAX; i++) {
        snprintf(value, sizeof value, "%d", i);
        last = metrics_counter("sawa_seen_total", "Seen.", METRIC_LABEL("who", value));
        metric_add(last, 1);
    }
    for (const char *line = rendered(); (line = strchr(line, '\n')) != NULL; line++)
        lines++;
    assert_int_equal(lines, 2 + METRIC_SERIES_MAX);
    assert_non_null(strstr(page.data, "sawa_seen_total{who=\"other\"} 257\n"));
    assert_int_equal(metric_value(last), METRIC_SERIES_MAX + 1);
}

static void a_hidden_series_comes_back_with_its_value(void **state)
{
    struct metric *lag = metrics_gauge("sawa_lag", "Lag.", METRIC_LABEL("partition", "3"));

    (void)state;
    metric_set(lag, 42);
    metric_hide(lag);
    assert_string_equal(rendered(), "");
    assert_ptr_equal(lag, metrics_gauge("sawa_lag", "Lag.", METRIC_LABEL("partition", "3")));
    assert_non_null(strstr(rendered(), "sawa_lag{partition=\"3\"} 42\n"));
}

enum { THREAD_COUNT = 4, THREAD_STEPS = 20000 };

static void *update(void *argument)
{
    struct metric **metrics = argument;

    for (int i = 0; i < THREAD_STEPS; i++) {
        metric_add(metrics[0], 1);
        metric_observe(metrics[1], i);
        if (i % 1000 == 0)
            metric_add(metrics_gauge("sawa_late", "Registered late."), 1);
    }
    return NULL;
}

static void threads_lose_no_update(void **state)
{
    struct metric *metrics[] = {metrics_counter("sawa_steps_total", "Steps."),
                                metrics_histogram(&sizes, "sawa_step_sizes", "Sizes.")};
    pthread_t threads[THREAD_COUNT];

    (void)state;
    for (int i = 0; i < THREAD_COUNT; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, update, metrics), 0);
    for (int i = 0; i < 20; i++)
        rendered();
    for (int i = 0; i < THREAD_COUNT; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(metric_value(metrics[0]), THREAD_COUNT * THREAD_STEPS);
    assert_int_equal(metric_value(metrics[1]), THREAD_COUNT * THREAD_STEPS);
    assert_non_null(strstr(rendered(), "sawa_late 80\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(renders_the_golden_page, begin, end),
        cmocka_unit_test_setup_teardown(same_name_and_labels_are_one_metric, begin, end),
        cmocka_unit_test_setup_teardown(escapes_label_values, begin, end),
        cmocka_unit_test_setup_teardown(too_many_label_sets_become_other, begin, end),
        cmocka_unit_test_setup_teardown(a_hidden_series_comes_back_with_its_value, begin, end),
        cmocka_unit_test_setup_teardown(threads_lose_no_update, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
