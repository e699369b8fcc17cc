/*
 * amqp_reader.c - see amqp_reader.h. Traps of AMQP and our rules: bus/README.md.
 */
#include "bus/amqp_reader.h"

#include "base/clock.h"

#include <poll.h>
#include <stdlib.h>

enum {
    HEADERS_MAX = 4 * 1024 * 1024,
    LOOK_MS = 1000,    /* how often the end of one part is looked at         */
    SKIPPED_MAX = 256, /* deliveries of one poll that are not for the caller */
};

/* The arrows of the drawing. */
static const struct {
    enum amqp_reader_state from;
    enum amqp_reader_state to;
} moves[] = {
    {READER_AWAY, READER_NEW}, {READER_NEW, READER_UP},  {READER_AWAY, READER_LOST},
    {READER_NEW, READER_LOST}, {READER_UP, READER_LOST}, {READER_LOST, READER_AWAY},
};

static void reader_move(struct amqp_reader *reader, enum amqp_reader_state to)
{
    bool has_link = to == READER_NEW || to == READER_UP;
    size_t at = 0;

    while (at < COUNT_OF(moves) && (moves[at].from != reader->state || moves[at].to != to))
        at++;
    assert(at < COUNT_OF(moves));
    assert((reader->link != NULL) == has_link); /* (1) */
    reader->state = to;
}

/* ---- connection ---- */

/* The link is gone, or never came: said with the next poll, tried again after a while. */
static void link_lost(struct amqp_reader *reader, const struct error *error)
{
    amqp_link_close(reader->link);
    reader->link = NULL;
    reader->attempts++;
    reader->connect_at_us = clock_monotonic_us() + amqp_link_backoff_ms(reader->attempts) * 1000;
    for (size_t i = 0; i < reader->part_count; i++)
        reader->parts[i].reading = reader->parts[i].end_owed = false;
    reader->away = *error;
    reader_move(reader, READER_LOST);
}

enum status amqp_reader_answer(struct amqp_reader *reader, enum status status,
                               const struct error *error)
{
    if (status == RETRY)
        link_lost(reader, error);
    return status;
}

static enum status reader_connect(struct amqp_reader *reader, struct error *error)
{
    enum status status = amqp_link_open(&reader->settings.link, error, &reader->link);

    if (status == OK)
        status = reader->verbs->prepare(reader, error);
    if (status != OK) {
        link_lost(reader, error);
        return status == RETRY ? OK : status;
    }
    text_copy(text_of(amqp_link_cluster(reader->link)), reader->cluster, sizeof reader->cluster);
    reader->look_at_us = clock_monotonic_us() + LOOK_MS * 1000;
    reader_move(reader, READER_NEW);
    return OK;
}

/* Connects when it is time to; before that it waits, for timeout_ms at most. */
static enum status reader_reconnect(struct amqp_reader *reader, int timeout_ms, struct error *error)
{
    int64_t wait_ms = (reader->connect_at_us - clock_monotonic_us() + 999) / 1000;

    if (wait_ms <= 0)
        return reader_connect(reader, error);
    poll(NULL, 0, (int)(wait_ms < timeout_ms ? wait_ms : timeout_ms));
    return OK;
}

void amqp_reader_look(struct amqp_reader *reader)
{
    int64_t now_us = clock_monotonic_us();
    struct error error;

    if (reader->link == NULL || now_us < reader->look_at_us)
        return;
    reader->look_at_us = now_us + LOOK_MS * 1000 / (int64_t)reader->part_count;
    reader->look_index = (reader->look_index + 1) % reader->part_count;
    if (reader->verbs->look(reader, &reader->parts[reader->look_index], &error) != OK)
        link_lost(reader, &error);
}

/* ---- deliveries ---- */

static void reader_release(struct source *source)
{
    struct amqp_reader *reader = amqp_reader_of(source);

    if (reader->has_envelope)
        amqp_destroy_envelope(&reader->envelope);
    reader->has_envelope = false;
}

static enum status envelope_take(struct amqp_reader *reader, struct source_event *event,
                                 struct error *error)
{
    enum status status =
        amqp_reader_answer(reader, reader->verbs->take(reader, event, error), error);

    if (status != OK || event->kind != SOURCE_RECORD)
        reader_release(&reader->source);
    return status == RETRY ? OK : status;
}

static enum status delivery_next(struct amqp_reader *reader, int timeout_ms,
                                 struct source_event *event, struct error *error)
{
    for (int skipped = 0; skipped < SKIPPED_MAX && reader->link != NULL; skipped++) {
        enum status status = amqp_link_next(reader->link, skipped == 0 ? timeout_ms : 0,
                                            &reader->envelope, &reader->has_envelope, error);

        if (status != OK) {
            link_lost(reader, error);
            return OK;
        }
        if (!reader->has_envelope)
            return OK;
        status = envelope_take(reader, event, error);
        if (status != OK || event->kind != SOURCE_IDLE)
            return status;
    }
    return OK;
}

/* ---- events ---- */

/* What is to be said before anything is read. */
static bool event_owed(struct amqp_reader *reader, struct source_event *event)
{
    if (reader->state == READER_LOST) {
        event->kind = SOURCE_AWAY;
        event->error = reader->away;
        reader_move(reader, READER_AWAY);
        return true;
    }
    if (reader->state == READER_NEW) {
        event->kind = SOURCE_ASSIGNED; /* (2) */
        reader_move(reader, READER_UP);
        return true;
    }
    return false;
}

static void end_tell(struct amqp_reader *reader, struct source_event *event)
{
    for (size_t i = 0; i < reader->part_count; i++) {
        struct amqp_part *part = &reader->parts[i];

        if (!part->end_owed)
            continue;
        part->end_owed = false;
        event->kind = SOURCE_END;
        event->partition = (int32_t)i;
        event->offset = part->next;
        return;
    }
}

static enum status reader_poll(struct source *source, int timeout_ms,
                               struct source_event *ret_event, struct error *error)
{
    struct amqp_reader *reader = amqp_reader_of(source);
    enum status status = OK;

    assert(!reader->has_envelope);
    ret_event->kind = SOURCE_IDLE;
    amqp_reader_look(reader);
    if (reader->state == READER_AWAY)
        status = reader_reconnect(reader, timeout_ms, error);
    if (status != OK || event_owed(reader, ret_event))
        return status;
    status = delivery_next(reader, timeout_ms, ret_event, error);
    if (status == OK && ret_event->kind == SOURCE_IDLE)
        end_tell(reader, ret_event);
    return status;
}

/* ---- the rest ---- */

enum status amqp_reader_away(struct error *error)
{
    return error_set(error, RETRY, "the RabbitMQ broker is away");
}

static enum status reader_identify(struct source *source, struct source_identity *ret_identity,
                                   struct error *error)
{
    struct amqp_reader *reader = amqp_reader_of(source);
    struct source_identity identity = {.kind = reader->verbs->kind,
                                       .unit = "records",
                                       .partition_count = (int32_t)reader->part_count};

    if (reader->link == NULL)
        return amqp_reader_away(error);
    text_copy(text_of(reader->cluster), identity.cluster_id, sizeof identity.cluster_id);
    text_copy(text_of(reader->settings.topic), identity.topic, sizeof identity.topic);
    *ret_identity = identity;
    return OK;
}

static void reader_close(struct source *source)
{
    struct amqp_reader *reader = amqp_reader_of(source);

    reader_release(source);
    amqp_link_close(reader->link);
    buffer_done(&reader->headers);
    free(reader);
}

static const struct source_ops reader_ops = {
    .server = "rabbitmq",
    .poll = reader_poll,
    .release = reader_release,
    .partitions = amqp_parts_list,
    .assign = amqp_parts_assign,
    .identify = reader_identify,
    .range = amqp_parts_range,
    .high = amqp_parts_high,
    .hint = amqp_parts_hint,
    .close = reader_close,
};

enum status amqp_reader_new(const struct amqp_verbs *verbs,
                            const struct amqp_reader_settings *settings, struct error *error,
                            struct amqp_reader **ret_reader)
{
    struct amqp_reader *reader = calloc(1, verbs->size);
    enum status status;

    if (reader == NULL)
        return error_set(error, FATAL, "out of memory for a RabbitMQ consumer");
    assert(verbs->size >= sizeof *reader && verbs->name_max < AMQP_NAME_SIZE);
    assert(settings->prefetch > 0 && settings->prefetch <= UINT16_MAX);
    reader->ops = reader_ops;
    reader->ops.rereads = verbs->rereads;
    reader->source.ops = &reader->ops;
    reader->verbs = verbs;
    reader->settings = *settings;
    reader->state = READER_AWAY;
    buffer_init(&reader->headers, HEADERS_MAX);
    status = amqp_parts_read(reader, settings->names, error);
    if (status != OK) {
        free(reader);
        return status;
    }
    *ret_reader = reader;
    return OK;
}
