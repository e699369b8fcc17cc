/*
 * test_loop_metrics.c - lag is what is not committed, in records and in seconds; what is dropped
 *   is not counted.
 */
#include "runtime/loop_metrics.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static int64_t high;

static int64_t fake_high(struct source *source, int32_t partition)
{
    (void)source, (void)partition;
    return high;
}

static const struct source_ops fake_ops = {.server = "fake", .high = fake_high};
static struct source fake = {&fake_ops};

static struct loop_metrics metrics;
static struct partitions *partitions;
static struct partition *partition;

static int begin(void **state)
{
    static const struct source_identity identity = {.unit = "records", .topic = "payments"};

    (void)state;
    partitions = calloc(1, sizeof *partitions);
    partitions->count = 1;
    partition = &partitions->list[0];
    *partition = (struct partition){.number = 3, .state = PARTITION_ACTIVE, .committed_ms = -1};
    metrics = (struct loop_metrics){0};
    loop_metrics_init(&metrics);
    loop_metrics_source(&metrics, &identity);
    return 0;
}

static int end(void **state)
{
    (void)state;
    free(partitions);
    metrics_done();
    return 0;
}

static bool is_shown(const char *name)
{
    struct buffer page;
    bool found;

    buffer_init(&page, 1024 * 1024);
    metrics_render(&page);
    buffer_byte(&page, '\0');
    found = strstr(page.data, name) != NULL;
    buffer_done(&page);
    return found;
}

static int64_t lag(enum metric_id id)
{
    loop_metrics_partitions(&metrics, &fake, partitions);
    return metric_value(
        metric_of(id, METRIC_LABEL("topic", "payments"), METRIC_LABEL("partition", "3")));
}

static void every_row_registers_and_is_on_the_page(void **state)
{
    static const struct metric_label labels[] = {{"a", "1"}, {"b", "2"}};
    struct buffer page;

    (void)state;
    buffer_init(&page, 1024 * 1024);
    metrics_table_page(&page);
    buffer_byte(&page, '\0');
    for (size_t id = 0; id < METRIC_ID_COUNT; id++) {
        const struct metric_row *row = metric_row((enum metric_id)id);

        metric_of_row((enum metric_id)id, labels, row->labels == NULL ? 0 : 2);
        assert_non_null(strstr(page.data, row->name));
        assert_true(is_shown(row->name));
    }
    buffer_done(&page);
}

static void lag_is_what_is_not_committed(void **state)
{
    int64_t seconds_us;

    (void)state;
    high = 50;
    partition->committed_offset = 20;
    partition->position.next_offset = 50; /* taken, not committed */
    partition->committed_ms = clock_now_us() / 1000 - 5000;
    assert_int_equal(lag(METRIC_LAG_RECORDS), 30);
    seconds_us = lag(METRIC_LAG_SECONDS);
    assert_in_range(seconds_us, 5 * US_PER_SECOND, 60 * US_PER_SECOND);
    partition->committed_offset = 50;
    assert_int_equal(lag(METRIC_LAG_RECORDS), 0);
    assert_int_equal(lag(METRIC_LAG_SECONDS), 0);
}

static void an_idle_hour_is_no_lag(void **state)
{
    (void)state;
    high = 50;
    partition->committed_offset = 50;
    partition->committed_ms = clock_now_us() / 1000 - 3600 * 1000;
    assert_int_equal(lag(METRIC_LAG_SECONDS), 0);
    high = 51; /* came just now, after an hour without any */
    assert_int_equal(lag(METRIC_LAG_RECORDS), 1);
    assert_in_range(lag(METRIC_LAG_SECONDS), 0, 60 * US_PER_SECOND);
}

static void what_is_not_known_is_not_shown(void **state)
{
    (void)state;
    high = 7; /* nothing was ever committed, the partition was never caught up */
    assert_int_equal(lag(METRIC_LAG_RECORDS), 7);
    loop_metrics_partitions(&metrics, &fake, partitions);
    assert_false(is_shown("sawa_lag_seconds{"));
    high = -1; /* the client has not heard of an end */
    loop_metrics_partitions(&metrics, &fake, partitions);
    assert_false(is_shown("sawa_lag_records{"));
}

static void only_active_partitions_show_lag(void **state)
{
    (void)state;
    high = 7;
    loop_metrics_partitions(&metrics, &fake, partitions);
    assert_true(is_shown("sawa_lag_records{"));
    partition->state = PARTITION_HALTED;
    loop_metrics_partitions(&metrics, &fake, partitions);
    assert_false(is_shown("sawa_lag_records{"));
    assert_true(is_shown("sawa_partitions{state=\"halted\"} 1\n"));
    partition->state = PARTITION_ACTIVE;
    loop_metrics_partitions(&metrics, &fake, partitions);
    assert_true(is_shown("sawa_lag_records{"));
    loop_metrics_forget(&metrics, partitions);
    assert_false(is_shown("sawa_lag_records{"));
}

/* Two parts, one dropped; of the other one record each: applied, parked. */
static void what_is_dropped_is_not_counted(void **state)
{
    struct batch_record records[] = {{.part = 0, .verdict = OK},
                                     {.part = 0, .verdict = REJECT, .reason = REASON_VALUE_MISSING},
                                     {.part = 1,
                                      .verdict = REJECT,
                                      .reason = REASON_VALUE_MISSING}};
    struct batch *batch = calloc(1, sizeof *batch);

    (void)state;
    batch->records = records;
    batch->record_count = COUNT_OF(records);
    batch->part_count = 2;
    batch->parts[0].counts[OK] = batch->parts[0].counts[REJECT] = 1;
    batch->parts[1].counts[REJECT] = 1;
    batch->parts[1].dropped = true;
    loop_metrics_committed(&metrics, batch);
    assert_int_equal(metric_value(metrics.records[OK]), 1);
    assert_int_equal(metric_value(metrics.records[REJECT]), 1);
    assert_int_equal(metric_value(metrics.parked[REASON_VALUE_MISSING]), 1);
    assert_true(is_shown("sawa_batch_records_sum 2\n"));
    batch->parts[0].dropped = true;
    loop_metrics_committed(&metrics, batch); /* nothing of it was committed */
    assert_int_equal(metric_value(metrics.batches), 1);
    free(batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_row_registers_and_is_on_the_page, begin, end),
        cmocka_unit_test_setup_teardown(lag_is_what_is_not_committed, begin, end),
        cmocka_unit_test_setup_teardown(an_idle_hour_is_no_lag, begin, end),
        cmocka_unit_test_setup_teardown(what_is_not_known_is_not_shown, begin, end),
        cmocka_unit_test_setup_teardown(only_active_partitions_show_lag, begin, end),
        cmocka_unit_test_setup_teardown(what_is_dropped_is_not_counted, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
