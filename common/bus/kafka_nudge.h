/*
 * kafka_nudge.h - keeps an old client fetching.
 *
 * Up to librdkafka 2.1 the thread that fetches sleeps a whole second when it finds the local
 * queue full, however soon the queue is empty again. A large queue hides that and costs memory
 * (some 2.8 bytes per queued byte at 200-byte records). Instead the queue is small, and a helper
 * thread wakes the fetcher: it asks the broker for an offset, which passes through that thread.
 * From 2.2 on fetch.queue.backoff.ms does the same, and no helper is started.
 *
 *      length of the queue
 *   peak  ......./\ . . . . . ./\
 *               /  \          /  \        ask once, where the length
 *   peak / 2 . / . .\ . . . ./. . \       falls below half of its peak
 *             /      \______/
 *
 * Only asks after a peak of NUDGE_PEAK_MIN records: an idle topic is left alone.
 */
#ifndef SAWA_BUS_KAFKA_NUDGE_H
#define SAWA_BUS_KAFKA_NUDGE_H

#include "base/status.h"

#include <librdkafka/rdkafka.h>

enum { NUDGE_PEAK_MIN = 2000 };

struct kafka_nudge;

/* NULL where the client needs none (2.2 and later) or the thread could not be started: it is a
 * matter of speed alone. */
struct kafka_nudge *kafka_nudge_start(rd_kafka_t *client, const char *topic);

/* Before the client ends. NULL is fine. */
void kafka_nudge_stop(struct kafka_nudge *nudge);

/* A partition that is being read, to ask about; -1: none. */
void kafka_nudge_partition(struct kafka_nudge *nudge, int32_t partition);

#endif
