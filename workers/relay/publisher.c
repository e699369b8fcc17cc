/*
 * publisher.c - one destination: its claim, its sink, one batch after the other; see publish.h.
 *
 * Restart: the claim gives the row's position; the sink, where it keeps one, the true one. What was
 * committed there and not noted in the row is passed over; what was not committed goes again.
 */
#include "publish.h"

#include "relay_sql.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    LOOK_US = 1000 * 1000, /* between two beats */
    EXPIRE_US = 60 * 1000 * 1000,
    EXPIRE_MOST = 10000,
    PARAMS_MAX_BYTES = 16384,
};

/* ---- statements about the destination ---- */

static void params_begin(const struct publisher *publisher, struct params *params)
{
    params_init(params, PARAMS_MAX_BYTES);
    params_string(params, publisher->destination);
}

static enum status run_sql(struct publisher *publisher, const char *sql, struct params *params,
                           struct error *error, struct result **ret_rows)
{
    return db_run_once(publisher->session.db, sql, params, error, ret_rows);
}

static enum status fenced(struct publisher *publisher, struct error *error)
{
    error_set(error, RETRY, "another relay publishes to %s", publisher->destination);
    error->cause = CAUSE_FENCED;
    return RETRY;
}

/* A statement that must find the row under our epoch. */
static enum status run_owned(struct publisher *publisher, const char *sql, struct params *params,
                             struct error *error)
{
    struct result *rows = NULL;
    enum status status = run_sql(publisher, sql, params, error, &rows);

    if (status == OK && result_affected(rows) == 0)
        status = fenced(publisher, error); /* (4) */
    result_free(rows);
    return status;
}

/* ---- claim, beat, lag ---- */

/* Also shows again what publisher_drop has hidden. */
static void metrics_begin(struct publisher *publisher)
{
    const struct metric_label label = METRIC_LABEL("destination", publisher->destination);

    publisher->sent = metric_of(METRIC_RELAY_MESSAGES, label);
    publisher->lag_messages = metric_of(METRIC_RELAY_LAG_MESSAGES, label);
    publisher->lag_seconds = metric_of(METRIC_RELAY_LAG_SECONDS, label);
    publisher->failures = metric_of(METRIC_RELAY_FAILURES, label);
    publisher->standing = metric_of(METRIC_RELAY_STANDING, label);
}

static enum status claim(struct publisher *publisher, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_begin(publisher, &params);
    params_string(&params, publisher->session.worker);
    params_int64(&params, publisher->lease_ms);
    status = run_sql(publisher, relay_sql_outbox_claim, &params, error, &rows);
    if (status == OK && result_rows(rows) == 1) {
        publisher->is_owner = true;
        publisher->next_number = result_int64(rows, 0, 0);
        publisher->epoch = result_int64(rows, 0, 1);
        publisher->stands = result_bool(rows, 0, 2);
        publisher->has_moved = result_bool(rows, 0, 3);
        metrics_begin(publisher);
        log_info("destination_claimed", "events are published by this relay",
                 LOG_TEXT("to", publisher->destination), LOG_INT("epoch", publisher->epoch),
                 LOG_INT("next_number", publisher->next_number));
    }
    result_free(rows);
    return status;
}

static enum status lag_show(struct publisher *publisher, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_begin(publisher, &params);
    status = run_sql(publisher, relay_sql_outbox_status, &params, error, &rows);
    if (status == OK && result_rows(rows) == 1) {
        metric_set(publisher->lag_messages, result_int64(rows, 0, 2));
        metric_set(publisher->lag_seconds, result_int64(rows, 0, 3));
        metric_set(publisher->standing, publisher->stands);
    }
    result_free(rows);
    return status;
}

static enum status beat(struct publisher *publisher, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_begin(publisher, &params);
    params_int64(&params, publisher->epoch);
    status = run_sql(publisher, relay_sql_outbox_beat, &params, error, &rows);
    if (status == OK && result_rows(rows) == 0)
        status = fenced(publisher, error);
    if (status == OK)
        publisher->stands = result_bool(rows, 0, 0);
    result_free(rows);
    return status == OK ? lag_show(publisher, error) : status;
}

/* At most so many a turn: where more are due, the next turn goes on. */
static enum status expire(struct publisher *publisher, int64_t now_us, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, PARAMS_MAX_BYTES);
    params_int64(&params, publisher->keep_ms);
    params_int32(&params, EXPIRE_MOST);
    status = run_sql(publisher, relay_sql_outbox_expire, &params, error, &rows);
    if (status == OK && result_int64(rows, 0, 0) < EXPIRE_MOST)
        publisher->expire_at_us = now_us + EXPIRE_US;
    result_free(rows);
    return status;
}

/* What is due by the clock, whether there is anything to send or not. */
static enum status housekeeping(struct publisher *publisher, struct error *error)
{
    int64_t now_us = clock_monotonic_us();
    enum status status = OK;

    if (now_us >= publisher->beat_at_us) {
        int64_t third_us = publisher->lease_ms * 1000 / 3;

        status = beat(publisher, error);
        publisher->beat_at_us = now_us + (third_us < LOOK_US ? third_us : LOOK_US);
    }
    if (status == OK && now_us >= publisher->expire_at_us)
        status = expire(publisher, now_us, error);
    return status;
}

/* ---- the sink, and where it says it is (3) ---- */

/* Whatever it is, no trying again mends it: the destination stands. */
static enum status position_doubted(const struct publisher *publisher, const char *why,
                                    int64_t found, struct error *error)
{
    error_set(error, FATAL, "the position of %s cannot be believed", publisher->destination);
    error_detail(error, "%s: %lld there, %lld here", why, (long long)found,
                 (long long)publisher->next_number);
    error->cause = CAUSE_SOURCE;
    return error_hint(error, "was the topic or the database restored? README of workers/relay");
}

/* The event before the position must be the one the destination got. */
static enum status anchor_check(struct publisher *publisher, const struct sink_position *position,
                                struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, PARAMS_MAX_BYTES);
    params_int64(&params, position->next_number - 1);
    status = run_sql(publisher, relay_sql_outbox_event, &params, error, &rows);
    if (status == OK && result_rows(rows) == 1) {
        struct uuid id = uuid_of_name(result_text(rows, 0, 0));

        if (uuid_compare(&id, &position->message_id) != 0)
            status = position_doubted(publisher, "the event before it is another one",
                                      position->next_number, error);
    }
    result_free(rows);
    return status;
}

static enum status row_move(struct publisher *publisher, int64_t next_number, struct error *error)
{
    struct params params;
    enum status status;

    params_begin(publisher, &params);
    params_int64(&params, publisher->epoch);
    params_int64(&params, next_number);
    status = run_owned(publisher, relay_sql_outbox_move, &params, error);
    if (status == OK) {
        publisher->next_number = next_number;
        publisher->has_moved = true;
    }
    return status;
}

static enum status position_adopt(struct publisher *publisher, int64_t head, struct error *error)
{
    const struct sink_position *position = &publisher->sink->position;
    enum status status;

    if (!position->is_kept)
        return OK;
    if (position->next_number == 0)
        return publisher->has_moved
                   ? position_doubted(publisher, "it has no position any more", 0, error)
                   : OK;
    if (position->next_number < publisher->next_number)
        return position_doubted(publisher, "it went back", position->next_number, error);
    if (position->next_number > head + 1)
        return position_doubted(publisher, "it has events that nobody numbered",
                                position->next_number, error);
    status = anchor_check(publisher, position, error);
    if (status == OK && position->next_number > publisher->next_number)
        status = row_move(publisher, position->next_number, error);
    return status;
}

static enum status number(struct publisher *publisher, struct error *error, int64_t *ret_head)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, PARAMS_MAX_BYTES);
    params_int32(&params, publisher->batch_max);
    status = run_sql(publisher, relay_sql_outbox_number, &params, error, &rows);
    if (status == OK) /* both may have been given by another since: then it is more, never less */
        *ret_head = result_int64(rows, 0, 0) + result_int64(rows, 0, 1);
    result_free(rows);
    return status;
}

/* Who published before is fenced once the sink is open, not earlier: what it was given a number for
 * and sent until then counts, so the last number is asked for again. */
static enum status sink_ready(struct publisher *publisher, int64_t *head, struct error *error)
{
    enum status status;

    if (publisher->sink != NULL)
        return OK;
    status = publisher->kind == PUBLISH_KAFKA
                 ? kafka_sink_open(&publisher->to.kafka, error, &publisher->sink)
                 : amqp_sink_open(&publisher->to.amqp, error, &publisher->sink);
    if (status == FATAL)
        error->cause = CAUSE_SOURCE;
    if (status == OK)
        status = number(publisher, error, head);
    return status == OK ? position_adopt(publisher, *head, error) : status;
}

/* ---- one batch ---- */

static enum status events_read(struct publisher *publisher, struct error *error,
                               struct result **ret_rows)
{
    struct params params;

    params_init(&params, PARAMS_MAX_BYTES);
    params_int64(&params, publisher->next_number);
    params_int32(&params, publisher->batch_max);
    params_int64(&params, PUBLISH_BYTES_MAX);
    return run_sql(publisher, relay_sql_outbox_read, &params, error, ret_rows);
}

/* RabbitMQ's routing key is corridor.event_type, the schema sawa.event_type. */
static void message_read(const struct result *rows, int row, struct arena *arena,
                         struct sink_message *message)
{
    struct text corridor = result_text(rows, row, 4);
    struct text type = result_text(rows, row, 2);
    size_t size = corridor.size + 1 + type.size;
    char *names = arena_alloc(arena, size + 5 + type.size);

    assert(names != NULL);
    memcpy(names, corridor.data, corridor.size);
    names[corridor.size] = '.';
    memcpy(names + corridor.size + 1, type.data, type.size);
    memcpy(names + size, "sawa.", 5);
    memcpy(names + size + 5, type.data, type.size);
    *message = (struct sink_message){
        .number = result_int64(rows, row, 0),
        .message_id = uuid_of_name(result_text(rows, row, 1)),
        .key = result_text(rows, row, 3),
        .routing_key = {names, size},
        .schema = {names + size, 5 + type.size},
        .value = result_text(rows, row, 5),
        .timestamp_ms = result_instant(rows, row, 6) / 1000,
    };
}

/* (1), (2): what is read begins at the position and leaves nothing out. */
static enum status order_check(const struct publisher *publisher, const struct result *rows,
                               int64_t head, struct error *error)
{
    int count = result_rows(rows);

    if (count == 0)
        return publisher->next_number > head
                   ? OK
                   : position_doubted(publisher, "its next events are not kept any more", head + 1,
                                      error);
    for (int i = 0; i < count; i++)
        if (result_int64(rows, i, 0) != publisher->next_number + i)
            return position_doubted(publisher, "its next events are not kept any more",
                                    result_int64(rows, i, 0), error);
    return OK;
}

static enum status events_send(struct publisher *publisher, const struct result *rows,
                               struct error *error, size_t *ret_sent)
{
    size_t count = (size_t)result_rows(rows);
    struct error moved = {0};
    struct arena arena;
    enum status status;

    arena_init(&arena, 64 * 1024, PUBLISH_BYTES_MAX);
    for (size_t i = 0; i < count; i++)
        message_read(rows, (int)i, &arena, &publisher->messages[i]);
    status = sink_send(publisher->sink, publisher->messages, count, error, ret_sent);
    arena_done(&arena);
    metric_add(publisher->sent, (int64_t)*ret_sent);
    if (*ret_sent > 0) {
        enum status move = row_move(publisher, publisher->next_number + (int64_t)*ret_sent, &moved);

        if (move != OK) { /* what the sink says is found out again */
            *error = moved;
            status = move;
        }
    }
    return status;
}

static enum status batch_publish(struct publisher *publisher, struct error *error, size_t *ret_sent)
{
    struct result *rows = NULL;
    int64_t head = 0;
    enum status status = number(publisher, error, &head);

    if (status == OK && publisher->next_number > head + 1)
        status = position_doubted(publisher, "it has events that nobody numbered", head + 1, error);
    if (status == OK)
        status = sink_ready(publisher, &head, error);
    if (status == OK)
        status = events_read(publisher, error, &rows);
    if (status == OK)
        status = order_check(publisher, rows, head, error);
    if (status == OK && result_rows(rows) > 0)
        status = events_send(publisher, rows, error, ret_sent);
    result_free(rows);
    return status;
}

enum status publisher_step(struct publisher *publisher, struct error *error, size_t *ret_sent)
{
    enum status status = OK;

    *ret_sent = 0;
    if (!publisher->is_owner)
        status = claim(publisher, error);
    if (status != OK || !publisher->is_owner)
        return status;
    status = housekeeping(publisher, error);
    if (status != OK || publisher->stands)
        return status;
    return batch_publish(publisher, error, ret_sent);
}

/* ---- when it fails ---- */

static void sink_drop(struct publisher *publisher)
{
    sink_close(publisher->sink);
    publisher->sink = NULL;
}

void publisher_drop(struct publisher *publisher)
{
    sink_drop(publisher);
    publisher->is_owner = false;
    publisher->beat_at_us = 0;
    metric_hide(publisher->lag_messages);
    metric_hide(publisher->lag_seconds);
}

enum status publisher_failed(struct publisher *publisher, const struct error *why, bool ends,
                             struct error *error)
{
    char text[sizeof why->primary + sizeof why->detail + 2];
    struct params params;
    enum status status;

    sink_drop(publisher);
    metric_add(publisher->failures, 1);
    snprintf(text, sizeof text, "%s%s%s", why->primary, why->detail[0] == '\0' ? "" : ": ",
             why->detail);
    params_begin(publisher, &params);
    params_int64(&params, publisher->epoch);
    params_string(&params, text);
    params_bool(&params, ends);
    status = run_owned(publisher, relay_sql_outbox_failed, &params, error);
    if (status == OK)
        publisher->stands = ends;
    metric_set(publisher->standing, publisher->stands);
    return status;
}

/* ---- start and end ---- */

static enum status register_destination(struct publisher *publisher, struct error *error)
{
    struct params params;

    params_begin(publisher, &params);
    return run_sql(publisher, relay_sql_outbox_register, &params, error, NULL);
}

enum status publisher_start(const struct program_run *run, struct publisher *publisher,
                            struct error *error)
{
    enum status status;

    publisher->messages = calloc((size_t)publisher->batch_max, sizeof *publisher->messages);
    if (publisher->messages == NULL)
        return error_set(error, FATAL, "out of memory for a batch of events");
    metrics_begin(publisher);
    status = session_open(run, error, &publisher->session);
    return status == OK ? register_destination(publisher, error) : status;
}

void publisher_done(struct publisher *publisher)
{
    sink_drop(publisher);
    if (publisher->is_owner && !db_is_broken(publisher->session.db)) {
        struct error ignored; /* the lease ends by itself */
        struct params params;

        params_begin(publisher, &params);
        params_int64(&params, publisher->epoch);
        if (run_sql(publisher, relay_sql_outbox_release, &params, &ignored, NULL) == OK)
            publisher->is_owner = false;
    }
    session_done(&publisher->session);
    free(publisher->messages);
    publisher->messages = NULL;
}
