/*
 * stream_source.c - see stream_source.h.
 */
#include "runtime/stream_source.h"

#include "bus/amqp_queue.h"
#include "bus/amqp_stream.h"
#include "bus/file_source.h"
#include "runtime/lease_source.h"

#include <stdio.h>
#include <stdlib.h>

enum { KEY_NAME_SIZE = 64, QUEUE_PREFETCH_MAX = 40000 };
enum { ASSIGNMENT_GROUP, ASSIGNMENT_LEASE }; /* in the order of the values of <name>.assignment */

/* A key of the worker itself: <name>.<rest>. */
static const char *own_key(const struct worker_ops *ops, const char *rest, char key[KEY_NAME_SIZE])
{
    snprintf(key, KEY_NAME_SIZE, "%s.%s", ops->name, rest);
    return key;
}

static const char *own_string(const struct program_run *run, const struct worker_ops *ops,
                              const char *rest)
{
    char key[KEY_NAME_SIZE];

    return config_string(run->config, own_key(ops, rest, key));
}

enum status stream_is_needed(const struct program_run *run, const char *key, const char *by,
                             struct error *error)
{
    if (config_is_set(run->config, key))
        return OK;
    error_configuration(error, "%s is not set", key);
    return error_hint(error, "%s needs it", by);
}

/* ---- Kafka ---- */

/* "sasl.password" from the file that kafka.sasl.password_file names. */
static enum status kafka_secret_of(const void *context, const char *property, struct buffer *secret,
                                   struct error *error)
{
    char key[KEY_NAME_SIZE];
    enum status status;

    snprintf(key, sizeof key, "kafka.%s_file", property);
    status = config_secret(context, key, secret, error);
    if (status == OK && secret->size == 0 && config_is_set(context, key))
        status = error_configuration(error, "the file of %s is empty", key);
    return status;
}

enum status stream_kafka_settings(const struct config *config, struct kafka_property *properties,
                                  struct error *error, struct kafka_settings *settings)
{
    size_t count = 0;
    const struct config_pair *pairs = config_section(config, "kafka", &count);

    if (count > KAFKA_PROPERTIES_MAX)
        return error_configuration(error, "more than %d kafka.* properties", KAFKA_PROPERTIES_MAX);
    for (size_t i = 0; i < count; i++)
        properties[i] = (struct kafka_property){pairs[i].name, pairs[i].value};
    settings->brokers = config_string(config, "kafka.brokers");
    settings->properties = properties;
    settings->property_count = count;
    settings->read_secret = kafka_secret_of;
    settings->context = config;
    return OK;
}

/* The workers share the partitions of inner out among themselves. */
static enum status lease_open(const struct program_run *run, const struct worker_ops *ops,
                              struct source *inner, struct error *error, struct source **ret_source)
{
    char worker[WORKER_ID_SIZE];
    char key[KEY_NAME_SIZE];
    const struct lease_settings settings = {.db = {.dsn = config_string(run->config,
                                                                        OPTION_DATABASE_DSN),
                                                   .application = run->program->name},
                                            .worker = options_worker_id(run->config, worker),
                                            .lease_ms = config_int(run->config,
                                                                   own_key(ops, "lease", key))};

    return lease_source_open(&settings, inner, error, ret_source);
}

static enum status kafka_open(const struct program_run *run, const struct worker_ops *ops,
                              struct error *error, struct source **ret_source)
{
    char key[KEY_NAME_SIZE];
    bool leased = config_enum(run->config, own_key(ops, "assignment", key)) == ASSIGNMENT_LEASE;
    struct kafka_property properties[KAFKA_PROPERTIES_MAX];
    struct kafka_settings settings = {.topic = own_string(run, ops, "topic"),
                                      .group = own_string(run, ops, "group"),
                                      .assigned_by_hand = leased,
                                      .client_id = run->program->name};
    struct source *source = NULL;
    enum status status = stream_is_needed(run, "kafka.brokers", "the source kafka", error);

    if (status == OK)
        status = stream_kafka_settings(run->config, properties, error, &settings);
    if (status == OK)
        status = kafka_source_open(&settings, error, &source);
    if (status == OK && leased)
        return lease_open(run, ops, source, error, ret_source);
    if (status == OK)
        *ret_source = source;
    return status;
}

/* ---- RabbitMQ ---- */

static enum status amqp_url_read(const void *context, struct buffer *url, struct error *error)
{
    return config_secret(context, "amqp.url_file", url, error);
}

enum status stream_amqp_settings(const struct program_run *run, const char *by, struct error *error,
                                 struct amqp_settings *ret_settings)
{
    const struct config *config = run->config;
    enum status status = stream_is_needed(run, "amqp.url_file", by, error);

    if (status == OK && config_is_set(config, "amqp.cert_file"))
        status = stream_is_needed(run, "amqp.key_file", by, error);
    if (status != OK)
        return status;
    *ret_settings =
        (struct amqp_settings){.read_url = amqp_url_read,
                               .context = config,
                               .client_id = run->program->name,
                               .ca_file = config_string(config, "amqp.ca_file"),
                               .cert_file = config_string(config, "amqp.cert_file"),
                               .key_file = config_string(config, "amqp.key_file"),
                               .heartbeat_s = (int)(config_int(config, "amqp.heartbeat") / 1000)};
    return OK;
}

static enum status stream_open(const struct program_run *run, const struct worker_ops *ops,
                               struct error *error, struct source **ret_source)
{
    const char *streams = own_string(run, ops, "streams");
    struct amqp_reader_settings settings = {.topic = own_string(run, ops, "topic"),
                                            .prefetch =
                                                (int)config_int(run->config, "amqp.prefetch")};
    enum status status = stream_amqp_settings(run, "the source stream", error, &settings.link);

    settings.names = streams == NULL ? settings.topic : streams;
    return status == OK ? amqp_stream_open(&settings, error, ret_source) : status;
}

/* Two batches: one is filled while the other is committed, and only then acknowledged. Of all
 * queues together: what is on its way lies in memory. */
static int queue_prefetch(const struct config *config)
{
    int64_t wanted = 2 * config_int(config, "batch.records_max");

    return wanted > QUEUE_PREFETCH_MAX ? QUEUE_PREFETCH_MAX : (int)wanted;
}

static enum status queue_open(const struct program_run *run, const struct worker_ops *ops,
                              struct error *error, struct source **ret_source)
{
    const char *queues = own_string(run, ops, "queues");
    const char *topic = own_string(run, ops, "topic");
    struct amqp_queue_settings settings = {.reader = {.topic = topic,
                                                      .names = queues == NULL ? topic : queues,
                                                      .prefetch = queue_prefetch(run->config)},
                                           .delivery_limit =
                                               (int)config_int(run->config, "amqp.delivery_limit"),
                                           .ids_needed =
                                               config_enum(run->config, "amqp.missing_id") == 0};
    enum status status =
        stream_amqp_settings(run, "the source queue", error, &settings.reader.link);

    return status == OK ? amqp_queue_open(&settings, error, ret_source) : status;
}

/* ---- files ---- */

/* A run that ends when nothing comes reads what is there: a file grows no more. */
static enum status file_open(const struct program_run *run, const struct worker_ops *ops,
                             struct error *error, struct source **ret_source)
{
    struct file_settings settings = {.path = own_string(run, ops, "path"),
                                     .label = config_string(run->config, "file.label"),
                                     .topic = own_string(run, ops, "topic"),
                                     .complete =
                                         config_int(run->config, "batch.stop_after_idle") > 0};
    char key[KEY_NAME_SIZE];
    enum status status = stream_is_needed(run, own_key(ops, "path", key), "the source file", error);

    if (status == OK)
        status = stream_schemas_open(run->config, error, &settings.registry);
    return status == OK ? file_source_open(&settings, error, ret_source) : status;
}

/* ---- schemas, and the choice ---- */

enum status stream_schemas_open(const struct config *config, struct error *error,
                                struct registry **ret_registry)
{
    const struct registry_config settings = {
        .directory = config_string(config, "schema.directory"),
        .base_url = config_string(config, "schema.registry_url"),
        .ca_file = config_string(config, "schema.registry_ca"),
    };

    return registry_open(&settings, error, ret_registry);
}

enum status stream_source_open(const struct program_run *run, const struct worker_ops *ops,
                               struct error *error, struct source **ret_source)
{
    /* in the order of the values of <name>.source */
    static enum status (*const opens[])(const struct program_run *run, const struct worker_ops *ops,
                                        struct error *error,
                                        struct source **ret_source) = {kafka_open, stream_open,
                                                                       file_open, queue_open};
    char key[KEY_NAME_SIZE];
    int choice = config_enum(run->config, own_key(ops, "source", key));

    assert(choice >= 0 && (size_t)choice < COUNT_OF(opens));
    return opens[choice](run, ops, error, ret_source);
}
