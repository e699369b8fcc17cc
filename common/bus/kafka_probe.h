/*
 * kafka_probe.h - looks again at one record of a partition, beside the reading.
 *
 * A topic that is deleted and made again under a running consumer goes unseen by it: where the new
 * one has grown past the position by the time the client has found its leader, reading goes on at
 * the old offset, and everything before it is passed over (seen with librdkafka 2.0.2; the client
 * checks no leader epoch before 2.1 and no topic id at all). So a record we know is looked at again
 * from time to time: in the same log it is the same for ever.
 *
 * A thread and a client of its own: the reading consumer is never sought, paused or assigned anew.
 *
 *   kafka_probe_ask ----> thread: fetch one record ----> kafka_probe_answer, once
 */
#ifndef SAWA_BUS_KAFKA_PROBE_H
#define SAWA_BUS_KAFKA_PROBE_H

#include "base/ports.h"

#include <librdkafka/rdkafka.h>

struct kafka_probe;

/* client: a consumer without a group; it belongs to the probe. NULL: it could not be started, and
 * the client is gone too. */
struct kafka_probe *kafka_probe_start(rd_kafka_t *client, const char *topic);
void kafka_probe_stop(struct kafka_probe *probe); /* NULL is fine */

/* False: it still looks at something else. */
bool kafka_probe_ask(struct kafka_probe *probe, int32_t partition, int64_t offset);

/* False: nothing new was seen. */
bool kafka_probe_answer(struct kafka_probe *probe, struct source_glance *ret_glance);

#endif
