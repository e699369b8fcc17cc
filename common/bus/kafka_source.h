/*
 * kafka_source.h - a Kafka topic as a source (base/ports.h).
 *
 * Every kafka.* property of the configuration passes through to librdkafka. Those the protocol
 * depends on are set here and refused from outside:
 *
 *   enable.auto.commit=false, enable.auto.offset.store=false   the position is a row
 *   auto.offset.reset=error                                    halt, never reset
 *   check.crcs=true, isolation.level=read_committed
 *   partition.assignment.strategy=range,roundrobin             eager: no cooperative loops
 *   enable.partition.eof=true                                  positions pass control records
 */
#ifndef SAWA_BUS_KAFKA_SOURCE_H
#define SAWA_BUS_KAFKA_SOURCE_H

#include "base/buffer.h"
#include "base/ports.h"

struct kafka_property {
    const char *name; /* without the kafka. */
    const char *value;
};

/* The secret of a property ("sasl.password") as its file has it now; empty where no file is named
 * for it. See kafka_secret.h. */
typedef enum status kafka_secret_read(const void *context, const char *property,
                                      struct buffer *secret, struct error *error);

struct kafka_settings {
    const char *brokers;
    const char *topic;
    const char *group; /* NULL: no subscription; only identify and range may be asked */
    bool assigned_by_hand; /* no subscription either: source_assign alone says what is read, the
                              group is only where hints go and needs no members */
    const char *client_id;
    const struct kafka_property *properties; /* applied after our defaults */
    size_t property_count;
    kafka_secret_read *read_secret; /* NULL: no secret stands in a file */
    const void *context;
};

/* Subscribes; nothing is read before source_assign. source_identify may be asked by another thread
 * too, as long as the source is open. FATAL, EXIT_CONFIGURATION: a property is not one of
 * librdkafka's, has a bad value, or may not be set, or a secret cannot be read. The strings of the
 * settings must outlive the source; the caller ends it with source_close. */
must_use enum status kafka_source_open(const struct kafka_settings *settings, struct error *error,
                                       struct source **ret_source);

#endif
