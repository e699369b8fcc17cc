/*
 * publish.c - destinations by configuration, their threads, and what people ask; see publish.h.
 */
#include "publish.h"

#include "relay_sql.h"
#include "runtime/stop.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
    STANDBY_WAIT_MS = 1000,
    HANGS_AFTER_US = 300 * 1000 * 1000, /* above every time-out within a turn */
    END_WAIT_MS = 25000,                /* below the grace that orchestrators give */
};

static const struct backoff_policy retry_policy = {.first_ms = 100, .ceiling_ms = 15000};

/* ---- by configuration ---- */

static void publisher_init(const struct program_run *run, const char *scheme, const char *name,
                           struct publisher *publisher)
{
    struct backoff_policy policy = retry_policy;

    snprintf(publisher->destination, sizeof publisher->destination, "%s:%s", scheme, name);
    publisher->batch_max = (int32_t)config_int(run->config, OPTION_RELAY_BATCH);
    publisher->lease_ms = config_int(run->config, OPTION_RELAY_LEASE);
    publisher->keep_ms = config_int(run->config, OPTION_RELAY_KEEP);
    publisher->interval_ms = config_int(run->config, OPTION_RELAY_INTERVAL);
    policy.end_ms = config_int(run->config, OPTION_RELAY_RETRY_FOR);
    backoff_init(&publisher->backoff, &policy, (uint64_t)clock_monotonic_us());
}

/* The value of key, or text made of topic. Returns text. */
static const char *named_after(const struct program_run *run, const char *key, const char *before,
                               const char *topic, const char *behind, char *text, size_t size)
{
    const char *set = config_string(run->config, key);

    if (set != NULL && set[0] != '\0')
        snprintf(text, size, "%s", set);
    else
        snprintf(text, size, "%s%s%s", before, topic, behind);
    return text;
}

static enum status kafka_read(const struct program_run *run, const char *topic,
                              struct publisher *publisher, struct error *error)
{
    struct kafka_sink_settings *to = &publisher->to.kafka;
    enum status status = stream_is_needed(run, "kafka.brokers", OPTION_RELAY_KAFKA_TOPIC, error);

    publisher->kind = PUBLISH_KAFKA;
    publisher_init(run, "kafka", topic, publisher);
    *to = (struct kafka_sink_settings){
        .kafka = {.topic = topic, .client_id = run->program->name},
        .position_topic = named_after(run, OPTION_RELAY_POSITION_TOPIC, "", topic, "-position",
                                      publisher->position_topic, sizeof publisher->position_topic),
        .transactional_id =
            named_after(run, OPTION_RELAY_TRANSACTIONAL_ID, "sawa-relay-", topic, "",
                        publisher->transactional_id, sizeof publisher->transactional_id),
        .destination = publisher->destination,
    };
    if (status == OK)
        status = stream_kafka_settings(run->config, publisher->properties, error, &to->kafka);
    return status;
}

static enum status amqp_read(const struct program_run *run, const char *exchange,
                             struct publisher *publisher, struct error *error)
{
    publisher->kind = PUBLISH_AMQP;
    publisher_init(run, "amqp", exchange, publisher);
    publisher->to.amqp = (struct amqp_sink_settings){
        .exchange = exchange,
        .in_flight = (int)config_int(run->config, OPTION_RELAY_IN_FLIGHT),
    };
    return stream_amqp_settings(run, OPTION_RELAY_EXCHANGE, error, &publisher->to.amqp.link);
}

enum status publishers_read(const struct program_run *run, struct error *error,
                            struct publisher publishers[PUBLISHERS_MAX], size_t *ret_count)
{
    const char *topic = config_string(run->config, OPTION_RELAY_KAFKA_TOPIC);
    const char *exchange = config_string(run->config, OPTION_RELAY_EXCHANGE);
    enum status status = OK;
    size_t count = 0;

    if (string_has_words(topic))
        status = kafka_read(run, topic, &publishers[count++], error);
    if (status == OK && string_has_words(exchange))
        status = amqp_read(run, exchange, &publishers[count++], error);
    *ret_count = count;
    return status;
}

/* ---- threads ---- */

struct publishing {
    size_t count;
    pthread_t threads[PUBLISHERS_MAX];
    int codes[PUBLISHERS_MAX];
    struct publisher publishers[PUBLISHERS_MAX];
};

static bool is_of_destination(const struct error *error)
{
    return error->cause == CAUSE_SOURCE;
}

static void stands_tell(const struct publisher *publisher, const struct error *why)
{
    struct error told = *why;

    told.status = FATAL;
    error_hint(&told, "mend it, then: sawa relay resume %s", publisher->destination);
    log_error_of("destination_stands", &told);
}

/* (5): waits, or stands from now on. */
static enum status destination_away(struct publisher *publisher, struct error *error)
{
    const struct error why = *error;
    int64_t wait_ms =
        why.status == FATAL ? -1 : backoff_next_ms(&publisher->backoff, clock_monotonic_us());
    enum status status = publisher_failed(publisher, &why, wait_ms < 0, error);

    if (status != OK)
        return status;
    if (wait_ms < 0) {
        stands_tell(publisher, &why);
        backoff_reset(&publisher->backoff);
        return OK;
    }
    log_gate_away(&publisher->gate, publisher->destination, &why);
    stop_wait(wait_ms);
    return OK;
}

static void fenced_away(struct publisher *publisher, const struct error *error)
{
    log_error_of("destination_fenced", error);
    metric_add(publisher->failures, 1);
    publisher_drop(publisher);
    stop_wait(publisher->lease_ms / 3);
}

/* What follows from an answer of a step. OK: go on. */
static enum status step_judge(struct publisher *publisher, enum status status, size_t sent,
                              struct error *error)
{
    if (status == OK) {
        session_works(&publisher->session);
        if (publisher->is_owner && publisher->sink != NULL) {
            log_gate_back(&publisher->gate, publisher->destination);
            backoff_reset(&publisher->backoff);
        }
        if (sent == 0)
            stop_wait(publisher->is_owner ? publisher->interval_ms : STANDBY_WAIT_MS);
        return OK;
    }
    if (is_of_destination(error))
        status = destination_away(publisher, error);
    if (status == RETRY && error->cause == CAUSE_FENCED) {
        fenced_away(publisher, error);
        return OK;
    }
    if (status != RETRY)
        return status;
    publisher_drop(publisher);
    atomic_store(&publisher->turned_at_us, -1);
    return session_await(&publisher->session, error);
}

static void *publisher_thread(void *argument)
{
    struct publisher *publisher = argument;
    struct error error = {0};
    enum status status = OK;

    while (status == OK && !stop_asked()) {
        size_t sent = 0;

        atomic_store(&publisher->turned_at_us, clock_monotonic_us());
        status = publisher_step(publisher, &error, &sent);
        status = step_judge(publisher, status, sent, &error);
    }
    if (status == OK || stop_asked())
        return NULL;
    log_error_of("relay_ends", &error);
    stop_ask(); /* as any worker whose database refuses it */
    return publisher;
}

enum status publishing_begin(const struct program_run *run, struct error *error,
                             struct publishing **ret_publishing)
{
    struct publishing *publishing = calloc(1, sizeof *publishing);
    size_t count = 0;
    enum status status;

    if (publishing == NULL)
        return error_set(error, FATAL, "out of memory for the publishers");
    status = publishers_read(run, error, publishing->publishers, &count);
    for (size_t i = 0; status == OK && i < count; i++) {
        struct publisher *publisher = &publishing->publishers[i];

        status = publisher_start(run, publisher, error);
        if (status == OK &&
            pthread_create(&publishing->threads[i], NULL, publisher_thread, publisher) != 0)
            status = error_set(error, FATAL, "could not start a thread");
        if (status == OK)
            publishing->count++;
        else
            publisher_done(publisher);
    }
    if (status == OK) {
        *ret_publishing = publishing;
        return OK;
    }
    (void)publishing_end(publishing, EXIT_OK);
    return status;
}

enum status publishing_look(struct publishing *publishing, struct error *error)
{
    int64_t now_us = clock_monotonic_us();

    for (size_t i = 0; i < publishing->count; i++) {
        int64_t turned_at_us = atomic_load(&publishing->publishers[i].turned_at_us);

        if (turned_at_us > 0 && now_us - turned_at_us > HANGS_AFTER_US)
            return error_set(error, FATAL, "publishing to %s hangs",
                             publishing->publishers[i].destination);
    }
    return OK;
}

int publishing_end(struct publishing *publishing, int code)
{
    struct timespec deadline;

    stop_ask();
    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += END_WAIT_MS / 1000;
    for (size_t i = 0; i < publishing->count; i++) {
        void *failed = NULL;

        if (pthread_timedjoin_np(publishing->threads[i], &failed, &deadline) != 0) {
            log_warn("publisher_left", "a batch was not finished in time; it is found out again",
                     LOG_TEXT("to", publishing->publishers[i].destination));
            _exit(code);
        }
        if (failed != NULL)
            code = EXIT_FATAL;
        publisher_done(&publishing->publishers[i]);
    }
    free(publishing);
    return code;
}

/* ---- for people ---- */

static enum status taken(const struct publisher *publisher, struct error *error)
{
    error_set(error, RETRY, "another relay publishes to %s", publisher->destination);
    error->exit_code = EXIT_REFUSED;
    return error_hint(error, "who it is: sawa relay status");
}

static enum status stands(const struct publisher *publisher, struct error *error)
{
    error_set(error, RETRY, "%s stands", publisher->destination);
    error->exit_code = EXIT_REFUSED;
    return error_hint(error, "why: sawa relay status; then: sawa relay resume %s",
                      publisher->destination);
}

/* Until the outbox holds nothing more for it. */
static enum status publish_all(struct publisher *publisher, struct error *error)
{
    int64_t total = 0;
    size_t sent = 1;
    enum status status = OK;

    while (status == OK && sent > 0 && !stop_asked()) {
        status = publisher_step(publisher, error, &sent);
        if (status == OK && !publisher->is_owner)
            return taken(publisher, error);
        if (status == OK && publisher->stands)
            return stands(publisher, error);
        total += (int64_t)sent;
    }
    printf("%s: %lld messages, next number %lld\n", publisher->destination, (long long)total,
           (long long)publisher->next_number);
    if (status != OK && is_of_destination(error)) {
        const struct error why = *error;
        struct error ignored; /* the row is for others; we tell ourselves */

        if (publisher_failed(publisher, &why, false, &ignored) != OK)
            publisher_drop(publisher);
    }
    return status;
}

int publish_command(struct program_run *run, int argc, char **argv)
{
    struct publishing *all;
    struct error error;
    size_t count = 0;
    enum status status;

    (void)argv;
    if (argc != 1)
        return program_usage(run, "publish takes no arguments");
    all = calloc(1, sizeof *all);
    if (all == NULL)
        return EXIT_FATAL;
    status = publishers_read(run, &error, all->publishers, &count);
    if (status == OK && count == 0) {
        status = error_configuration(&error, "no destination is configured");
        error_hint(&error, "set %s or %s", OPTION_RELAY_KAFKA_TOPIC, OPTION_RELAY_EXCHANGE);
    }
    for (size_t i = 0; status == OK && i < count; i++) {
        status = publisher_start(run, &all->publishers[i], &error);
        if (status == OK)
            status = publish_all(&all->publishers[i], &error);
        publisher_done(&all->publishers[i]);
    }
    free(all);
    return status == OK ? EXIT_OK : program_fail(&error);
}

int resume_command(struct program_run *run, int argc, char **argv)
{
    struct params params;
    struct result *rows = NULL;
    struct relay relay;
    struct error error;
    enum status status;

    if (argc != 2)
        return program_usage(run, "which destination?");
    if (relay_start(run, &error, &relay) != OK)
        return program_fail(&error);
    params_init(&params, RELAY_PARAMS_MAX);
    params_string(&params, argv[1]);
    status = relay_sql(&relay, relay_sql_outbox_resume, &params, &error, &rows);
    if (status == OK && result_affected(rows) == 0) {
        status = error_set(&error, REJECT, "no destination %s stands", argv[1]);
        error.exit_code = EXIT_REFUSED;
        error_hint(&error, "list them with: sawa relay status");
    }
    if (status == OK)
        printf("%s goes on\n", argv[1]);
    result_free(rows);
    relay_done(&relay);
    return status == OK ? EXIT_OK : program_fail(&error);
}

/* lag_us as whole seconds, rounded up: 0 means nothing waits. */
static void destination_print(const struct result *rows, int row)
{
    struct text owner = result_text(rows, row, 4);
    struct text error = result_text(rows, row, 6);

    printf("%8lld events wait for %.*s, the oldest for %lld s; next number %lld, %s%.*s%s%.*s\n",
           (long long)result_int64(rows, row, 2), TEXT_ARG(result_text(rows, row, 0)),
           (long long)((result_int64(rows, row, 3) + 999999) / 1000000),
           (long long)result_int64(rows, row, 1), result_bool(rows, row, 5) ? "STANDS, " : "",
           owner.size == 0 ? 6 : (int)owner.size, owner.size == 0 ? "nobody" : owner.data,
           error.size == 0 ? "" : "\n         ", TEXT_ARG(error));
}

enum { HELD_DESTINATION, HELD_COUNT, HELD_BYTES, HELD_US, MOVED_US }; /* outbox_held.sql */

void publish_held_print(const struct result *rows, int row)
{
    int64_t moved_us = result_int64(rows, row, MOVED_US);

    printf("%8lld events, %lld bytes, are kept for %.*s alone, the oldest for %lld s; ",
           (long long)result_int64(rows, row, HELD_COUNT),
           (long long)result_int64(rows, row, HELD_BYTES),
           TEXT_ARG(result_text(rows, row, HELD_DESTINATION)),
           (long long)(result_int64(rows, row, HELD_US) / 1000000));
    if (moved_us < 0)
        printf("nothing has gone there yet\n");
    else
        printf("something went there last %lld s ago\n", (long long)(moved_us / 1000000));
}

/* What destinations keep from being let go. */
static enum status held_status(struct relay *relay, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, RELAY_PARAMS_MAX);
    params_null(&params);
    status = relay_sql(relay, relay_sql_outbox_held, &params, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        if (result_int64(rows, i, HELD_COUNT) > 0)
            publish_held_print(rows, i);
    result_free(rows);
    return status;
}

enum status publish_status(struct relay *relay, struct error *error, int64_t *ret_alarming)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, RELAY_PARAMS_MAX);
    params_null(&params);
    status = relay_sql(relay, relay_sql_outbox_status, &params, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++) {
        destination_print(rows, i);
        if (result_bool(rows, i, 5) || result_text(rows, i, 6).size > 0)
            *ret_alarming += 1;
    }
    result_free(rows);
    return status == OK ? held_status(relay, error) : status;
}
