/*
 * kafka_topic_id.h - which topic is it that has this name?
 *
 * A topic that is deleted and made anew keeps its name and gets another id from the broker. Clients
 * from 2.3 on can ask for it; with older ones, and with brokers that give no ids, it is unknown,
 * and only the anchor tells (runtime/partition.h).
 */
#ifndef SAWA_BUS_KAFKA_TOPIC_ID_H
#define SAWA_BUS_KAFKA_TOPIC_ID_H

#include "base/error.h"
#include "base/uuid.h"

#include <librdkafka/rdkafka.h>

/* All zero: unknown, see above. RETRY: the broker did not answer within wait_ms. */
must_use enum status kafka_topic_id(rd_kafka_t *client, const char *topic, int wait_ms,
                                    struct error *error, struct uuid *ret_id);

#endif
