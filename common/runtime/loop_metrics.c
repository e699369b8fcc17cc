/*
 * loop_metrics.c - see loop_metrics.h.
 */
#include "runtime/loop_metrics.h"

#include "base/clock.h"

#include <stdio.h>

void loop_metrics_init(struct loop_metrics *metrics)
{
    static const char *const outcomes[] = {"applied", "duplicate", "parked"};

    for (size_t i = 0; i < COUNT_OF(outcomes); i++)
        metrics->records[i] = metrics_counter("sawa_records_total", "Records by outcome.",
                                              METRIC_LABEL("outcome", outcomes[i]));
    metrics->batches = metrics_counter("sawa_commits_total", "Committed transactions.");
    metrics->batch_records = metrics_histogram(&metric_buckets_count, "sawa_commit_records",
                                               "Records per committed transaction.");
    metrics->fenced = metrics_counter("sawa_epoch_losses_total",
                                      "Partitions another worker claimed while we held them.");
    metrics->unknown = metrics_counter("sawa_unknown_outcomes_total",
                                       "Transactions whose reply to COMMIT was lost.");
    metrics->retried = metrics_counter("sawa_commit_retries_total",
                                       "Transactions given up and claimed anew.");
    metrics->last_commit = metrics_gauge("sawa_last_commit_timestamp_seconds",
                                         "When a transaction was last committed.");
}

void loop_metrics_source(struct loop_metrics *metrics, const struct source_identity *identity)
{
    text_copy(text_of(identity->topic), metrics->topic, sizeof metrics->topic);
    snprintf(metrics->lag_name, sizeof metrics->lag_name, "sawa_lag_%s", identity->unit);
}

void loop_metrics_committed(struct loop_metrics *metrics, const struct batch *batch)
{
    for (size_t i = 0; i < batch->part_count; i++)
        for (size_t verdict = 0; !batch->parts[i].dropped && verdict <= REJECT; verdict++)
            metric_add(metrics->records[verdict], (int64_t)batch->parts[i].counts[verdict]);
    metric_add(metrics->batches, 1);
    metric_observe(metrics->batch_records, (int64_t)batch->record_count);
    metric_set(metrics->last_commit, clock_now_us());
}

void loop_metrics_fenced(struct loop_metrics *metrics)
{
    metric_add(metrics->fenced, 1);
}

void loop_metrics_retried(struct loop_metrics *metrics, const struct error *error)
{
    metric_add(error->cause == CAUSE_UNKNOWN ? metrics->unknown : metrics->retried, 1);
}

static struct metric *lag_metric(struct loop_metrics *metrics, const struct partition *partition)
{
    char number[16];

    snprintf(number, sizeof number, "%d", partition->number);
    return metrics_gauge(metrics->lag_name, "Between our position and the end.",
                         METRIC_LABEL("topic", metrics->topic),
                         METRIC_LABEL("partition", number));
}

void loop_metrics_lag(struct loop_metrics *metrics, struct source *source,
                      const struct partitions *partitions)
{
    for (size_t i = 0; i < partitions->count; i++) {
        const struct partition *partition = &partitions->list[i];
        int64_t high = source_high(source, partition->number);
        int64_t next = partition->position.next_offset;

        if (partition->state == PARTITION_ACTIVE && high >= 0)
            metric_set(lag_metric(metrics, partition), high > next ? high - next : 0);
    }
}
