/*
 * kafka_hints.c - see kafka_hints.h.
 */
#include "bus/kafka_hints.h"

#include <stddef.h>

enum { HINT_INTERVAL_US = 1000000, HINTS_AT_FIRST = 16 };

void kafka_hints_note(struct kafka_hints *hints, const char *topic, int32_t partition,
                      int64_t next_offset)
{
    rd_kafka_topic_partition_t *place;

    if (hints->waiting == NULL)
        hints->waiting = rd_kafka_topic_partition_list_new(HINTS_AT_FIRST);
    place = rd_kafka_topic_partition_list_find(hints->waiting, topic, partition);
    if (place == NULL)
        place = rd_kafka_topic_partition_list_add(hints->waiting, topic, partition);
    place->offset = next_offset;
}

void kafka_hints_look(struct kafka_hints *hints, rd_kafka_t *client, int64_t now_us)
{
    if (hints->waiting == NULL || now_us < hints->send_at_us)
        return;
    kafka_hints_flush(hints, client);
    hints->send_at_us = now_us + HINT_INTERVAL_US;
}

void kafka_hints_flush(struct kafka_hints *hints, rd_kafka_t *client)
{
    if (hints->waiting == NULL)
        return;
    rd_kafka_commit(client, hints->waiting, 1);
    rd_kafka_topic_partition_list_destroy(hints->waiting);
    hints->waiting = NULL;
}
