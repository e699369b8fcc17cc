/*
 * metrics.h - what a program counts, as Prometheus reads it.
 *
 * A metric is one time series: a family (name, help, kind) with one set of labels.
 * Register at the start or when a partition arrives, keep the pointer, update it
 * from any thread without a lock; /metrics renders all of them.
 *
 *   static struct metric *applied;
 *   applied = metrics_counter("sawa_records_total", "Records by outcome.",
 *                             METRIC_LABEL("outcome", "applied"));
 *   metric_add(applied, batch->record_count);
 *
 * (1) Values are int64, never binary floats. A family whose name speaks of _seconds
 *     takes microseconds and is rendered as exact decimal seconds.
 * (2) Names follow Prometheus: sawa_ first, the unit last, counters end in _total.
 *     A name, label or help that breaks this aborts at registration.
 * (3) A family holds at most METRIC_SERIES_MAX label sets; the rest share one series
 *     whose label values are all "other", so hostile input cannot grow memory.
 * (4) Counters never go down. Labels hold no personal data and no secrets (I12).
 *
 * Registering the same name and labels again gives the same metric. Metrics live as
 * long as the process.
 */
#ifndef SAWA_RUNTIME_METRICS_H
#define SAWA_RUNTIME_METRICS_H

#include "base/buffer.h"

enum {
    METRIC_SERIES_MAX = 256, /* label sets per family        */
    METRIC_FAMILY_MAX = 128, /* families per program         */
    METRIC_LABEL_MAX = 4,    /* labels per metric            */
    METRIC_VALUE_MAX = 128,  /* bytes of one label value     */
    METRIC_BUCKET_MAX = 20,  /* upper bounds per histogram   */
};

struct metric;

struct metric_label {
    const char *name;
    const char *value; /* copied; cut at METRIC_VALUE_MAX */
};

/* Ascending upper bounds; +Inf is implied. Kept by reference: make it static const. */
struct metric_buckets {
    size_t count;
    int64_t bounds[METRIC_BUCKET_MAX];
};

extern const struct metric_buckets metric_buckets_latency; /* 1 ms .. 60 s, in microseconds */
extern const struct metric_buckets metric_buckets_count;   /* 1 .. 1,000,000 in steps of 1, 3  */

/* Names and help are literals, kept by reference. */
#define METRIC_LABEL(label_name, label_value)                                                      \
    ((struct metric_label){.name = (label_name), .value = (label_value)})

/* Labels follow help, none is fine: metrics_gauge("sawa_ready", "1 when ready."). */
#define metrics_counter(name, ...) METRIC_OF(METRIC_COUNTER, NULL, name, __VA_ARGS__)
#define metrics_gauge(name, ...) METRIC_OF(METRIC_GAUGE, NULL, name, __VA_ARGS__)
#define metrics_histogram(buckets, name, ...)                                                      \
    METRIC_OF(METRIC_HISTOGRAM, buckets, name, __VA_ARGS__)

void metric_add(struct metric *metric, int64_t amount);    /* counter (amount >= 0) or gauge */
void metric_set(struct metric *metric, int64_t value);     /* gauge */
void metric_observe(struct metric *metric, int64_t value); /* histogram */

/* Leaves the series out of the page until it is registered again: a partition that went
 * to another worker has no lag here. Its value is kept. */
void metric_hide(struct metric *metric);

/* The value; of a histogram the number of observations. */
int64_t metric_value(struct metric *metric);

/* Refreshes the process_* metrics (CPU, memory, descriptors); one thread only: /metrics does it. */
void metrics_process(void);

/* Appends the whole page (text format 0.0.4), families in order of registration. */
void metrics_render(struct buffer *buffer);

/* Forgets all metrics; every pointer dies. For tests and for leak checkers at exit. */
void metrics_done(void);

/* What the macros become. */
enum metric_kind { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

struct metric *metric_register(enum metric_kind kind, const struct metric_buckets *buckets,
                               const char *name, const char *help,
                               const struct metric_label *labels, size_t label_count);

/* clang-format off */
/* The leading {0} lets the label list be empty; it is not passed on. */
#define METRIC_LABELS(...) ((const struct metric_label[]){{0}, __VA_ARGS__})
#define METRIC_OF(kind, buckets, name, help, ...)                                                  \
    metric_register((kind), (buckets), (name), (help), METRIC_LABELS(__VA_ARGS__) + 1,             \
                    sizeof METRIC_LABELS(__VA_ARGS__) / sizeof(struct metric_label) - 1)
/* clang-format on */

#endif
