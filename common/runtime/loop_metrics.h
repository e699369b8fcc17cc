/*
 * loop_metrics.h - what the loop counts. Names and meanings: metric_table.h.
 *
 * (1) What is counted per record is counted when its transaction is committed, so the page agrees
 *     with table batch and table parked.
 * (2) Lag is what is not committed, and shown for ACTIVE partitions only: one that is halted or
 *     elsewhere has no series here, rather than an old value.
 *
 * On restart counters begin at 0, as Prometheus expects. The reading thread calls all of it.
 */
#ifndef SAWA_RUNTIME_LOOP_METRICS_H
#define SAWA_RUNTIME_LOOP_METRICS_H

#include "runtime/batch.h"
#include "runtime/metric_table.h"
#include "runtime/partition.h"

struct loop_metrics {
    char topic[256];                    /* "": the source is not known yet */
    enum metric_id lag;                 /* in the unit of the source's offsets */
    struct metric *records[REJECT + 1]; /* by verdict */
    struct metric *parked[REASON_COUNT];
    struct metric *passed; /* delivered again, dropped by offset */
    struct metric *recorded;
    struct metric *batch_records;
    struct metric *batch_commit;
    struct metric *batches;
    struct metric *fenced;
    struct metric *unknown;
    struct metric *retried;
};

void loop_metrics_init(struct loop_metrics *metrics);
void loop_metrics_source(struct loop_metrics *metrics, const struct source_identity *identity);
void loop_metrics_committed(struct loop_metrics *metrics, const struct batch *batch);
void loop_metrics_passed(struct loop_metrics *metrics);
void loop_metrics_fenced(struct loop_metrics *metrics);
void loop_metrics_retried(struct loop_metrics *metrics, const struct error *error);

/* Lag and states, as they are now. */
void loop_metrics_partitions(struct loop_metrics *metrics, struct source *source,
                             struct partitions *partitions);

/* These partitions go to another worker, or are assigned anew: their lag is not ours to show. */
void loop_metrics_forget(struct loop_metrics *metrics, const struct partitions *partitions);

#endif
