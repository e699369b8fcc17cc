/*
 * loop_metrics.h - what the loop counts; names by the Prometheus conventions.
 */
#ifndef SAWA_RUNTIME_LOOP_METRICS_H
#define SAWA_RUNTIME_LOOP_METRICS_H

#include "runtime/batch.h"
#include "runtime/metrics.h"
#include "runtime/partition.h"

struct loop_metrics {
    char topic[256];
    char lag_name[32]; /* the unit last: sawa_lag_records, sawa_lag_bytes */
    struct metric *records[REJECT + 1]; /* by verdict */
    struct metric *batch_records;
    struct metric *batches;
    struct metric *fenced;
    struct metric *unknown;
    struct metric *retried;
    struct metric *last_commit;
    struct metric *lag[BATCH_PART_MAX];
};

void loop_metrics_init(struct loop_metrics *metrics);
void loop_metrics_source(struct loop_metrics *metrics, const struct source_identity *identity);
void loop_metrics_committed(struct loop_metrics *metrics, const struct batch *batch);
void loop_metrics_fenced(struct loop_metrics *metrics);
void loop_metrics_retried(struct loop_metrics *metrics, const struct error *error);
void loop_metrics_lag(struct loop_metrics *metrics, struct source *source,
                      const struct partitions *partitions);

#endif
