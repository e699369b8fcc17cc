/*
 * kafka_conf.h - properties of a Kafka client, set one by one; what source and sink have in common.
 */
#ifndef SAWA_BUS_KAFKA_CONF_H
#define SAWA_BUS_KAFKA_CONF_H

#include "bus/kafka_source.h"

#include <librdkafka/rdkafka.h>

enum { KAFKA_ERROR_SIZE = 256 };

/* FATAL, EXIT_CONFIGURATION: a name or a value that is not librdkafka's. */
must_use enum status kafka_properties_set(rd_kafka_conf_t *conf,
                                          const struct kafka_property *properties, size_t count,
                                          struct error *error);

/* The settings' own properties name it. */
bool kafka_property_is_given(const struct kafka_settings *settings, const char *name);

/* FATAL, EXIT_CONFIGURATION: the settings name one of the fixed. */
must_use enum status kafka_fixed_refuse(const struct kafka_settings *settings,
                                        const struct kafka_property *fixed, size_t count,
                                        struct error *error);

/* The client's own words go nowhere: they quote addresses and keys. Errors reach us as events. */
void kafka_log_silence(rd_kafka_conf_t *conf);

#endif
