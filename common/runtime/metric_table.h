/*
 * metric_table.h - every metric a program shows: name, kind, labels, unit and meaning.
 *
 * One row per family; the page deploy/observability/metrics.md is printed from it (`sawa status
 * metrics`), and programs register by row, so that no metric is shown that the page lacks.
 *
 *   metric_add(metric_of(METRIC_PARKED, METRIC_LABEL("reason", "value_missing")), 1);
 *
 * metric_of answers the same metric for the same labels, under a mutex: keep the pointer where a
 * path is hot. Label sets have a ceiling per family (metrics.h, 3).
 */
#ifndef SAWA_RUNTIME_METRIC_TABLE_H
#define SAWA_RUNTIME_METRIC_TABLE_H

#include "runtime/metrics.h"

enum metric_id {
    METRIC_BUILD_INFO,
    METRIC_READY,
    METRIC_PARTITIONS,
    METRIC_LAG_RECORDS,
    METRIC_LAG_BYTES,
    METRIC_LAG_SECONDS,
    METRIC_RECORDS,
    METRIC_PARKED,
    METRIC_DUPLICATES,
    METRIC_COMMITS,
    METRIC_LAST_COMMIT,
    METRIC_BATCH_RECORDS,
    METRIC_BATCH_COMMIT_SECONDS,
    METRIC_ATTEMPTS_FAILED,
    METRIC_COMMIT_RETRIES,
    METRIC_UNKNOWN_OUTCOMES,
    METRIC_EPOCH_LOSSES,
    METRIC_LEASES,
    METRIC_LEASE_MEMBERS,
    METRIC_LEASE_CHANGES,
    METRIC_UNANSWERED_FILES,
    METRIC_RELAY_MESSAGES,
    METRIC_RELAY_LAG_MESSAGES,
    METRIC_RELAY_LAG_SECONDS,
    METRIC_RELAY_FAILURES,
    METRIC_RELAY_STANDING,
    METRIC_XID_HORIZON_AGE,
    METRIC_PROCESS_CPU,
    METRIC_PROCESS_MEMORY,
    METRIC_PROCESS_FDS,
    METRIC_ID_COUNT
};

struct metric_row {
    const char *name;
    enum metric_kind kind;
    const struct metric_buckets *buckets; /* of a histogram */
    const char *labels;                   /* for the page; NULL without labels */
    const char *unit;                     /* for the page */
    const char *help;                     /* on /metrics: one line */
    const char *more;                     /* for the page: what help leaves open; or NULL */
};

/* The row; id < METRIC_ID_COUNT. */
const struct metric_row *metric_row(enum metric_id id);

/* Every row as a table of Markdown. */
void metrics_table_page(struct buffer *out);

struct metric *metric_of_row(enum metric_id id, const struct metric_label *labels,
                             size_t label_count);

/* clang-format off */
#define metric_of(...) METRIC_OF_ID(__VA_ARGS__)
#define METRIC_OF_ID(id, ...)                                                                      \
    metric_of_row((id), METRIC_LABELS(__VA_ARGS__) + 1,                                            \
                  sizeof METRIC_LABELS(__VA_ARGS__) / sizeof(struct metric_label) - 1)
/* clang-format on */

#endif
