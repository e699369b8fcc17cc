/*
 * ops.h - fx as others see it: its verbs and its options.
 *
 * Called by main.c, which runs the loop with them, and by sawa-replay, which decides on one parked
 * record again with the very same code.
 */
#ifndef SAWA_FX_OPS_H
#define SAWA_FX_OPS_H

#include "runtime/worker.h"

extern const struct worker_ops fx_ops;

/* clang-format off */
#define FX_OPTIONS                                                                                 \
    {.key = "fx.topic", .type = OPTION_STRING, .standard = "fx",                                   \
     .meaning = "topic of FX events"},                                                             \
    {.key = "fx.group", .type = OPTION_STRING, .standard = "sawa-fx",                              \
     .meaning = "consumer group that shares the partitions"}
/* clang-format on */

#endif
