/*
 * topic_scout.h - asks the broker again and again who the topic is, on a thread of its own.
 *
 * Who shares out a topic must hear of partitions that are added to it, and that it was made anew,
 * but must not wait for a broker that is away: its leases would run out meanwhile.
 *
 * It calls source_identify and nothing else, beside the thread that reads the source: the source
 * must allow that (kafka_source.h does).
 */
#ifndef SAWA_RUNTIME_TOPIC_SCOUT_H
#define SAWA_RUNTIME_TOPIC_SCOUT_H

#include "base/ports.h"

struct topic_scout;

/* Asks at once, then every every_ms; each second while the broker is away. */
must_use enum status topic_scout_start(struct source *source, int64_t every_ms, struct error *error,
                                       struct topic_scout **ret_scout);

/* The last answer. False: none so far. */
bool topic_scout_latest(struct topic_scout *scout, struct source_identity *ret_identity);

/* Ends the thread. False: it still waits for the broker after a second; it goes on by itself, and
 * the source must be left to it. NULL is fine. */
bool topic_scout_stop(struct topic_scout *scout);

#endif
