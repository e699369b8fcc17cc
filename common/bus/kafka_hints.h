/*
 * kafka_hints.h - how far we are, told to the broker once in a while.
 *
 * Positions live in PostgreSQL; what the group holds at the broker is for dashboards alone. One
 * commit request for every partition of every transaction made 300 requests a second, each a write
 * to a log of the broker's own. So the newest offset of each partition waits here and all go out in
 * one request: a second after the last, when partitions change hands, and at the end.
 */
#ifndef SAWA_BUS_KAFKA_HINTS_H
#define SAWA_BUS_KAFKA_HINTS_H

#include <librdkafka/rdkafka.h>
#include <stdint.h>

struct kafka_hints {
    rd_kafka_topic_partition_list_t *waiting; /* NULL: none */
    int64_t send_at_us;                       /* not before, by the monotonic clock */
};

/* The next offset to read of a partition; replaces what waits for it. */
void kafka_hints_note(struct kafka_hints *hints, const char *topic, int32_t partition,
                      int64_t next_offset);

/* Sends where something waits and a second has passed since the last time. Does not wait for the
 * broker, and asks for no answer: a hint that is lost is replaced by the next. */
void kafka_hints_look(struct kafka_hints *hints, rd_kafka_t *client, int64_t now_us);

/* Sends what waits now; nothing waits afterwards. */
void kafka_hints_flush(struct kafka_hints *hints, rd_kafka_t *client);

#endif
