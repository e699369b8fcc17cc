/*
 * stream.c - see stream.h.
 */
#include "runtime/stream.h"

#include "base/log.h"
#include "bus/amqp_source.h"
#include "bus/kafka_source.h"
#include "runtime/backoff.h"
#include "runtime/loop.h"
#include "runtime/options.h"
#include "runtime/stop.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

enum { KEY_NAME_SIZE = 64, PROPERTIES_MAX = 256, SECRET_MAX = 4096 };

/* The values of <name>.source, in the order of its row. */
enum source_choice { CHOICE_KAFKA, CHOICE_STREAM };

/* A key of the worker itself: <name>.<rest>. */
static const char *own_string(const struct program_run *run, const struct worker_ops *ops,
                              const char *rest)
{
    char key[KEY_NAME_SIZE];

    snprintf(key, sizeof key, "%s.%s", ops->name, rest);
    return config_string(run->config, key);
}

static enum status is_wanted(const struct program_run *run, const char *key, const char *by,
                             struct error *error)
{
    if (config_is_set(run->config, key))
        return OK;
    error_configuration(error, "%s is not set", key);
    return error_hint(error, "a %s source wants it", by);
}

static enum status kafka_open(const struct program_run *run, const struct worker_ops *ops,
                              struct error *error, struct source **ret_source)
{
    struct kafka_property properties[PROPERTIES_MAX];
    size_t count = 0;
    const struct config_pair *pairs = config_section(run->config, "kafka", &count);
    struct kafka_settings settings = {.brokers = config_string(run->config, "kafka.brokers"),
                                      .topic = own_string(run, ops, "topic"),
                                      .group = own_string(run, ops, "group"),
                                      .client_id = run->program->name,
                                      .properties = properties};

    if (is_wanted(run, "kafka.brokers", "Kafka", error) != OK)
        return FATAL;
    if (count > PROPERTIES_MAX)
        return error_configuration(error, "more than %d kafka.* properties", PROPERTIES_MAX);
    for (size_t i = 0; i < count; i++)
        properties[i] = (struct kafka_property){pairs[i].name, pairs[i].value};
    settings.property_count = count;
    return kafka_source_open(&settings, error, ret_source);
}

static enum status amqp_url_read(const void *context, struct buffer *url, struct error *error)
{
    return config_secret(context, "amqp.url_file", url, error);
}

static enum status amqp_open(const struct program_run *run, const struct worker_ops *ops,
                             struct error *error, struct source **ret_source)
{
    const struct config *config = run->config;
    const char *streams = own_string(run, ops, "streams");
    struct amqp_source_settings settings = {
        .link = {.read_url = amqp_url_read,
                 .context = config,
                 .client_id = run->program->name,
                 .ca_file = config_string(config, "amqp.ca_file"),
                 .cert_file = config_string(config, "amqp.cert_file"),
                 .key_file = config_string(config, "amqp.key_file"),
                 .heartbeat_s = (int)(config_int(config, "amqp.heartbeat") / 1000)},
        .topic = own_string(run, ops, "topic"),
        .prefetch = (int)config_int(config, "amqp.prefetch")};

    if (is_wanted(run, "amqp.url_file", "RabbitMQ", error) != OK)
        return FATAL;
    if (settings.link.cert_file != NULL && is_wanted(run, "amqp.key_file", "RabbitMQ", error) != OK)
        return FATAL;
    settings.streams = streams == NULL ? settings.topic : streams;
    return amqp_source_open(&settings, error, ret_source);
}

static enum status source_open(const struct program_run *run, const struct worker_ops *ops,
                               struct error *error, struct source **ret_source)
{
    char key[KEY_NAME_SIZE];

    snprintf(key, sizeof key, "%s.source", ops->name);
    return config_enum(run->config, key) == CHOICE_STREAM ? amqp_open(run, ops, error, ret_source)
                                                          : kafka_open(run, ops, error, ret_source);
}

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

static enum status key_file_read(const struct program_run *run, struct loop_settings *settings,
                                 struct error *error)
{
    struct buffer secret;
    enum status status;

    buffer_init(&secret, SECRET_MAX);
    status = config_secret(run->config, "batch.key_file", &secret, error);
    if (status == OK && !key_parse(buffer_view(&secret), settings->key_file)) {
        status = error_configuration(error, "batch.key_file does not hold a key");
        error_hint(error, "it holds 64 hexadecimal digits: openssl rand -hex 32");
    }
    if (secret.data != NULL)
        explicit_bzero(secret.data, secret.capacity);
    buffer_done(&secret);
    return status;
}

static void settings_read(const struct program_run *run, const struct worker_ops *ops,
                          const char *worker, struct loop_settings *settings)
{
    const struct config *config = run->config;

    settings->ops = ops;
    settings->config = config;
    settings->worker = worker;
    settings->db = (struct db_settings){
        .dsn = config_string(config, OPTION_DATABASE_DSN),
        .application = run->program->name,
        .statement_timeout_ms = (int)config_int(config, "batch.statement_timeout"),
        .lock_timeout_ms = (int)config_int(config, "batch.lock_timeout")};
    settings->lane_count = (size_t)config_int(config, "batch.lanes");
    settings->limits.records_max =
        (size_t)config_int(config, "batch.records_max") / settings->lane_count;
    settings->limits.bytes_max =
        (size_t)config_int(config, "batch.bytes_max") / settings->lane_count;
    if (settings->limits.records_max == 0)
        settings->limits.records_max = 1;
    settings->linger_ms = config_int(config, "batch.linger");
    settings->scope = config_string(config, "batch.key_scope");
    settings->stop_after_idle_ms = config_int(config, "batch.stop_after_idle");
}

static enum status health_open(const struct program_run *run, struct error *error,
                               struct health **ret_health)
{
    const struct health_options options = {
        .listen = config_string(run->config, OPTION_HTTP_LISTEN),
        .heartbeat_ms = config_int(run->config, OPTION_HTTP_HEARTBEAT)};

    return health_start(&options, error, ret_health);
}

/* A server that is away at the start is waited for, as it is later. */
static enum status loop_until_stopped(const struct loop_settings *settings, struct error *error)
{
    struct backoff backoff;
    struct log_gate gate = {0};
    enum status status;

    backoff_init(&backoff, &backoff_default, (uint64_t)(uintptr_t)settings);
    for (;;) {
        status = loop_run(settings, error);
        if (status != RETRY)
            return status;
        log_gate_away(&gate, "postgresql", error);
        health_beat(settings->health);
        if (backoff_wait(&backoff) != BACKOFF_AGAIN)
            return OK;
    }
}

/* Large buffers grow by mapping: what they leave behind goes back to the system; few arenas,
 * because the client frees on one thread what it allocated on another. */
static void memory_set_up(void)
{
    mallopt(M_MMAP_THRESHOLD, 256 * 1024);
    mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
    mallopt(M_ARENA_MAX, 2);
}

int stream_run(struct program_run *run, const struct worker_ops *ops)
{
    char worker[WORKER_ID_SIZE];
    struct loop_settings settings = {0};
    struct error error;
    enum status status;

    memory_set_up();
    settings_read(run, ops, options_worker_id(run->config, worker), &settings);
    status = key_file_read(run, &settings, &error);
    if (status == OK)
        status = health_open(run, &error, &settings.health);
    if (status == OK)
        status = source_open(run, ops, &error, &settings.source);
    if (status == OK)
        status = loop_until_stopped(&settings, &error);
    source_close(settings.source);
    health_stop(settings.health);
    explicit_bzero(settings.key_file, sizeof settings.key_file);
    if (status != OK) {
        log_error_of("worker_failed", &error);
        return program_fail(&error);
    }
    log_info("worker_stopped", "stopped as asked");
    return EXIT_OK;
}
