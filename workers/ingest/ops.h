/*
 * ops.h - ingest as others see it: its verbs and its options.
 *
 * Called by main.c, which runs the loop with them, and by sawa-replay, which decides on one parked
 * record again with the very same code.
 */
#ifndef SAWA_INGEST_OPS_H
#define SAWA_INGEST_OPS_H

#include "runtime/worker.h"

extern const struct worker_ops ingest_ops;

/* clang-format off */
#define INGEST_OPTIONS                                                                             \
    {.key = "ingest.topic", .type = OPTION_STRING, .standard = "payments",                         \
     .meaning = "topic of payment events"},                                                        \
    {.key = "ingest.group", .type = OPTION_STRING, .standard = "sawa-ingest",                      \
     .meaning = "consumer group that shares the partitions"},                                      \
    {.key = "ingest.ahead_max", .type = OPTION_DURATION_MS, .standard = "1h",                      \
     .meaning = "how far an acceptance time may lie after the record's own time"},                 \
    {.key = "ingest.kept_days", .type = OPTION_INT, .standard = "400", .min = 1, .max = 40000,     \
     .unit = "days", .meaning = "oldest event day that is taken, unless days have expired since"}
/* clang-format on */

#endif
