/*
 * kafka_sink.h - a Kafka topic as a sink: each batch is one transaction, with a position record.
 *
 *   open    init_transactions: whoever published before under the transactional id is fenced and
 *           what it left open is aborted; only then the position topic is read to its end
 *   send    begin, messages, position record, commit: all of it or nothing
 *
 * (1) For a read_committed consumer each message is there once: the position moves in the
 *     transaction of its messages, and the next sink begins where the position says.
 * (2) The position is believed only when it was read to the end. A transaction that another
 *     producer holds open on the position topic hides what is behind it: RETRY until it has ended.
 * (3) A zombie's commit is refused by the broker (fenced), whatever it believes.
 *
 * Position topic: one partition, compacted, made beforehand; the key is the destination's name.
 * Message: key, headers message_id, schema, schema_version, number, content_type; the partition
 * follows from the key as Java clients place it.
 */
#ifndef SAWA_BUS_KAFKA_SINK_H
#define SAWA_BUS_KAFKA_SINK_H

#include "bus/kafka_source.h"
#include "bus/sink.h"

struct kafka_sink_settings {
    struct kafka_settings kafka; /* topic: of the messages; group: NULL */
    const char *position_topic;
    const char *transactional_id;
    const char *destination; /* key of the position record */
};

/* RETRY: the broker is away or has not got the topics; FATAL, EXIT_CONFIGURATION: a property. The
 * strings of the settings outlive the sink; the caller ends it with sink_close. */
must_use enum status kafka_sink_open(const struct kafka_sink_settings *settings,
                                     struct error *error, struct sink **ret_sink);

#endif
