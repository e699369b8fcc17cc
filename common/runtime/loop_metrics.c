/*
 * loop_metrics.c - see loop_metrics.h.
 */
#include "runtime/loop_metrics.h"

#include "base/clock.h"

#include <stdio.h>

static const char *const state_names[] = {"waiting", "active", "halting", "halted"};

/* Every reason has its series from the start, so that a first parked record is an increase. */
static void outcomes_init(struct loop_metrics *metrics)
{
    static const char *const outcomes[] = {"applied", "duplicate", "parked"};

    for (size_t i = 0; i < COUNT_OF(outcomes); i++)
        metrics->records[i] = metric_of(METRIC_RECORDS, METRIC_LABEL("outcome", outcomes[i]));
    for (int i = REASON_NONE + 1; i < REASON_COUNT; i++)
        metrics->parked[i] =
            metric_of(METRIC_PARKED, METRIC_LABEL("reason", reason_name((enum reason)i)));
    metrics->recorded = metric_of(METRIC_DUPLICATES, METRIC_LABEL("reason", "event_recorded"));
    metrics->passed = metric_of(METRIC_DUPLICATES, METRIC_LABEL("reason", "offset_passed"));
}

void loop_metrics_init(struct loop_metrics *metrics)
{
    outcomes_init(metrics);
    metrics->batches = metric_of(METRIC_COMMITS);
    metrics->batch_records = metric_of(METRIC_BATCH_RECORDS);
    metrics->batch_commit = metric_of(METRIC_BATCH_COMMIT_SECONDS);
    metrics->fenced = metric_of(METRIC_EPOCH_LOSSES);
    metrics->unknown = metric_of(METRIC_UNKNOWN_OUTCOMES);
    metrics->retried = metric_of(METRIC_COMMIT_RETRIES);
}

void loop_metrics_source(struct loop_metrics *metrics, const struct source_identity *identity)
{
    assert(identity->unit != NULL);
    text_copy(text_of(identity->topic), metrics->topic, sizeof metrics->topic);
    metrics->lag = strcmp(identity->unit, "bytes") == 0 ? METRIC_LAG_BYTES : METRIC_LAG_RECORDS;
}

/* ---- what was committed (1) ---- */

static void parked_count(struct loop_metrics *metrics, const struct batch *batch)
{
    for (size_t i = 0; i < batch->record_count; i++) {
        const struct batch_record *record = &batch->records[i];

        if (record->verdict == REJECT && !batch->parts[record->part].dropped)
            metric_add(metrics->parked[record->reason], 1);
    }
}

void loop_metrics_committed(struct loop_metrics *metrics, const struct batch *batch)
{
    size_t counts[REJECT + 1] = {0};
    size_t live = 0;

    for (size_t i = 0; i < batch->part_count; i++)
        for (size_t verdict = 0; !batch->parts[i].dropped && verdict <= REJECT; verdict++)
            counts[verdict] += batch->parts[i].counts[verdict];
    for (size_t i = 0; i < batch->part_count; i++)
        live += batch->parts[i].dropped ? 0 : 1;
    if (live == 0)
        return; /* nothing was committed */
    for (size_t verdict = 0; verdict <= REJECT; verdict++)
        metric_add(metrics->records[verdict], (int64_t)counts[verdict]);
    if (counts[REJECT] > 0)
        parked_count(metrics, batch);
    metric_add(metrics->recorded, (int64_t)counts[DUPLICATE]);
    metric_add(metrics->batches, 1);
    metric_observe(metrics->batch_records,
                   (int64_t)(counts[OK] + counts[DUPLICATE] + counts[REJECT]));
    metric_observe(metrics->batch_commit, batch->commit_us);
    metric_set(metric_of(METRIC_LAST_COMMIT), clock_now_us());
}

void loop_metrics_passed(struct loop_metrics *metrics)
{
    metric_add(metrics->passed, 1);
}

void loop_metrics_fenced(struct loop_metrics *metrics)
{
    metric_add(metrics->fenced, 1);
}

void loop_metrics_retried(struct loop_metrics *metrics, const struct error *error)
{
    metric_add(error->cause == CAUSE_UNKNOWN ? metrics->unknown : metrics->retried, 1);
}

/* ---- partitions ---- */

static struct metric *lag_metric(const struct loop_metrics *metrics, enum metric_id id,
                                 const struct partition *partition)
{
    char number[16];

    snprintf(number, sizeof number, "%d", partition->number);
    return metric_of(id, METRIC_LABEL("topic", metrics->topic), METRIC_LABEL("partition", number));
}

static void lag_hide(const struct loop_metrics *metrics, const struct partition *partition)
{
    if (metrics->topic[0] == '\0')
        return;
    metric_hide(lag_metric(metrics, metrics->lag, partition));
    metric_hide(lag_metric(metrics, METRIC_LAG_SECONDS, partition));
}

/* -1: nothing is known of what was committed last. */
static int64_t lag_us(const struct partition *partition, int64_t now_us)
{
    int64_t since_us = partition->committed_ms < 0 ? 0 : partition->committed_ms * 1000;

    if (partition->caught_up_us > since_us)
        since_us = partition->caught_up_us;
    if (since_us == 0)
        return -1;
    return now_us > since_us ? now_us - since_us : 0;
}

static void lag_show(const struct loop_metrics *metrics, struct partition *partition, int64_t high)
{
    int64_t behind = high - partition->committed_offset;
    int64_t now_us = clock_now_us();
    struct metric *seconds = lag_metric(metrics, METRIC_LAG_SECONDS, partition);
    int64_t time_us;

    if (behind <= 0)
        partition->caught_up_us = now_us;
    metric_set(lag_metric(metrics, metrics->lag, partition), behind > 0 ? behind : 0);
    time_us = behind > 0 ? lag_us(partition, now_us) : 0;
    if (time_us >= 0)
        metric_set(seconds, time_us);
    else
        metric_hide(seconds);
}

void loop_metrics_partitions(struct loop_metrics *metrics, struct source *source,
                             struct partitions *partitions)
{
    int64_t counts[COUNT_OF(state_names)] = {0};

    for (size_t i = 0; i < partitions->count; i++) {
        struct partition *partition = &partitions->list[i];
        int64_t high =
            partition->state == PARTITION_ACTIVE ? source_high(source, partition->number) : -1;

        counts[partition->state]++;
        if (high >= 0 && metrics->topic[0] != '\0')
            lag_show(metrics, partition, high);
        else
            lag_hide(metrics, partition); /* (2) */
    }
    for (size_t i = 0; i < COUNT_OF(state_names); i++)
        metric_set(metric_of(METRIC_PARTITIONS, METRIC_LABEL("state", state_names[i])), counts[i]);
}

void loop_metrics_forget(struct loop_metrics *metrics, const struct partitions *partitions)
{
    for (size_t i = 0; i < partitions->count; i++)
        lag_hide(metrics, &partitions->list[i]);
}
