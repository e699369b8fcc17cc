/*
 * stream_source.h - where a streaming worker's records come from, by its configuration.
 *
 *   <name>.source: kafka    the partitions of <name>.topic, shared out as <name>.assignment says;
 *                           kafka.*
 *   <name>.source: stream   RabbitMQ streams: <name>.streams, or the one named <name>.topic; amqp.*
 *   <name>.source: queue    RabbitMQ quorum queues: <name>.queues, or the one named <name>.topic
 *   <name>.source: file     one file, or the numbered files of a folder: <name>.path; file.*
 *
 * A worker has the rows of STREAM_SOURCE_OPTIONS("<name>") and SOURCE_OPTIONS among its own; who
 * publishes, KAFKA_OPTIONS and AMQP_OPTIONS.
 */
#ifndef SAWA_RUNTIME_STREAM_SOURCE_H
#define SAWA_RUNTIME_STREAM_SOURCE_H

#include "base/config.h"
#include "bus/amqp_settings.h"
#include "bus/kafka_source.h"
#include "bus/registry.h"
#include "runtime/program.h"
#include "runtime/worker.h"

/* clang-format off */
#define STREAM_SOURCE_OPTIONS(worker)                                                              \
    {.key = worker ".source", .type = OPTION_ENUM, .standard = "kafka",                            \
     .values = "kafka|stream|file|queue", .meaning = "where records come from"},                   \
    {.key = worker ".streams", .type = OPTION_STRING,                                              \
     .meaning = "streams by commas, in the order of their partitions; not set: the topic's name"}, \
    {.key = worker ".queues", .type = OPTION_STRING,                                               \
     .meaning = "queues by commas, in the order of their partitions; not set: the topic's name"},  \
    {.key = worker ".path", .type = OPTION_PATH,                                                   \
     .meaning = "the source file reads this file, or the numbered files of this folder"},          \
    {.key = worker ".assignment", .type = OPTION_ENUM, .standard = "group",                        \
     .values = "group|lease",                                                                      \
     .meaning = "who shares the topic's partitions out: the broker's group, or the workers "       \
                "themselves by leases in PostgreSQL; the same for all workers of a topic"},        \
    {.key = worker ".lease", .type = OPTION_DURATION_MS, .standard = "3s", .min = 300,             \
     .max = 600000,                                                                                \
     .meaning = "how long the partitions of a worker that died wait for another, where leases "    \
                "share them out; renewed each third of it"}

#define KAFKA_OPTIONS                                                                              \
    {.key = "kafka.brokers", .type = OPTION_STRING,                                                \
     .meaning = "host:port of one or more Kafka brokers, by commas; Kafka needs it"},              \
    {.key = "kafka.*", .type = OPTION_SECTION,                                                     \
     .meaning = "every other librdkafka property, passed through"},                                \
    {.key = "kafka.sasl.password_file", .type = OPTION_SECRET_FILE,                                \
     .meaning = "holds the password of kafka.sasl.username; read again each second"},              \
    {.key = "kafka.ssl.key.password_file", .type = OPTION_SECRET_FILE,                             \
     .meaning = "holds the password of kafka.ssl.key.location; read at the start"}

#define AMQP_OPTIONS                                                                               \
    {.key = "amqp.url_file", .type = OPTION_SECRET_FILE,                                           \
     .meaning = "holds amqps://user:password@host:port/vhost; RabbitMQ needs it"},                 \
    {.key = "amqp.ca_file", .type = OPTION_PATH,                                                   \
     .meaning = "CA file of the broker's certificate; amqps needs it"},                            \
    {.key = "amqp.cert_file", .type = OPTION_PATH,                                                 \
     .meaning = "certificate we show the broker; not set: none"},                                  \
    {.key = "amqp.key_file", .type = OPTION_PATH,                                                  \
     .meaning = "the private key of amqp.cert_file"},                                              \
    {.key = "amqp.heartbeat", .type = OPTION_DURATION_MS, .standard = "30s", .min = 1000,          \
     .max = 600000, .meaning = "both sides give a silent connection up after twice this"}

#define SOURCE_OPTIONS                                                                             \
    KAFKA_OPTIONS, AMQP_OPTIONS,                                                                   \
    {.key = "amqp.prefetch", .type = OPTION_INT, .standard = "1000", .min = 1, .max = 65535,       \
     .unit = "records", .meaning = "how many records of a stream may be on their way"},            \
    {.key = "amqp.delivery_limit", .type = OPTION_INT, .standard = "20", .min = 3, .max = 500,     \
     .unit = "deliveries",                                                                         \
     .meaning = "a record a queue delivered more often is parked, unless it is applied already"},  \
    {.key = "amqp.missing_id", .type = OPTION_ENUM, .standard = "park", .values = "park|content",  \
     .meaning = "a queue's message without message_id: park it, or go by its content alone"},      \
    {.key = "file.label", .type = OPTION_STRING, .standard = "files",                              \
     .meaning = "which set of files the source file reads: with the topic it names the position"}
/* clang-format on */

/* Where writer schemas come from, by the schema.* keys. The caller frees *ret_registry. */
must_use enum status stream_schemas_open(const struct config *config, struct error *error,
                                         struct registry **ret_registry);

enum { KAFKA_PROPERTIES_MAX = 256 };

/* Adds what the kafka.* keys say: brokers, properties, and where passwords are read. properties is
 * the caller's, has room for KAFKA_PROPERTIES_MAX and lives as long as the settings are used; the
 * strings are the configuration's, which must outlive the source. */
must_use enum status stream_kafka_settings(const struct config *config,
                                           struct kafka_property *properties, struct error *error,
                                           struct kafka_settings *settings);

/* What the amqp.* keys say of the connection; by: who needs it, for the error. The strings are the
 * configuration's, which must outlive what is opened by them. */
must_use enum status stream_amqp_settings(const struct program_run *run, const char *by,
                                          struct error *error, struct amqp_settings *ret_settings);

/* FATAL, EXIT_CONFIGURATION: the key is not set, and by needs it. */
must_use enum status stream_is_needed(const struct program_run *run, const char *key,
                                      const char *by, struct error *error);

/* Opens the source the worker is configured for; the caller closes it. */
must_use enum status stream_source_open(const struct program_run *run, const struct worker_ops *ops,
                                        struct error *error, struct source **ret_source);

#endif
